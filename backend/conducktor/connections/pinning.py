"""What becomes of a tool when its server is asked again: a pure function of what was pinned and what is offered now."""

from typing import NamedTuple

from conducktor.connections.assessment import AssessedTool
from conducktor.connections.states import ToolState

CHANGED = "Its definition changed after it was accepted. It is not offered until a person accepts the new one."


class Verdict(NamedTuple):
    """`pins` is whether the offered definition becomes the one that is served."""

    state: ToolState
    reason: str | None
    pins: bool


def judge(tool: AssessedTool, pinned_fingerprint: bytes | None) -> Verdict:
    """A tool seen first is trusted when it is usable and hides nothing; one that was pinned, only as long as it stays the same.

    An accepted definition is not suspected again, whether a person accepted it or nobody had to.
    """
    if tool.unusable:
        return Verdict(ToolState.REJECTED, tool.unusable, pins=False)
    if pinned_fingerprint == tool.offered.fingerprint:
        return Verdict(ToolState.ACTIVE, None, pins=True)
    if pinned_fingerprint is not None:
        # What makes this one suspicious stands first: lists of many show only the beginning.
        reason = f"{tool.suspicious} {CHANGED}" if tool.suspicious else CHANGED
        return Verdict(ToolState.QUARANTINED, reason, pins=False)
    if tool.suspicious:
        return Verdict(ToolState.QUARANTINED, tool.suspicious, pins=False)
    return Verdict(ToolState.ACTIVE, None, pins=True)
