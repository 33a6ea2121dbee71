"""What becomes of a tool when its server is asked again: a pure function of what was pinned and what is offered now."""

from typing import NamedTuple

from conducktor.connections.judgement import listing, suspicion
from conducktor.connections.states import ToolState
from conducktor.connections.tool_definition import OfferedTool, Unusable

CHANGED = "Its definition changed after it was accepted. It is not offered until a person accepts the new one."


class Verdict(NamedTuple):
    """`pins` is whether the offered definition becomes the one that is served."""

    state: ToolState
    reason: str | None
    pins: bool


def judge(offered: OfferedTool, pinned_fingerprint: bytes | None) -> Verdict:
    """A tool seen first is trusted when it is usable and hides nothing; one that was pinned, only as long as it stays the same.

    An accepted definition is not suspected again, whether a person accepted it or nobody had to.
    """
    try:
        listing(offered.definition, None)
    except Unusable as unusable:
        return Verdict(ToolState.REJECTED, str(unusable), pins=False)
    if pinned_fingerprint == offered.fingerprint:
        return Verdict(ToolState.ACTIVE, None, pins=True)
    why = suspicion(offered.definition)
    if pinned_fingerprint is not None:
        return Verdict(ToolState.QUARANTINED, f"{CHANGED} {why}" if why else CHANGED, pins=False)
    return Verdict(ToolState.QUARANTINED, why, pins=False) if why else Verdict(ToolState.ACTIVE, None, pins=True)
