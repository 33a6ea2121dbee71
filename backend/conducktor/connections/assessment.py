"""What there is to say about each offered tool by itself. Takes a moment for many large ones, so it runs in a thread."""

import msgspec

from conducktor.connections.judgement import listing, suspicion
from conducktor.connections.tool_definition import OfferedTool, Unusable, read


class AssessedTool(msgspec.Struct, frozen=True, kw_only=True):
    """`unusable` and `suspicious` are the reasons, in words for people; None when there is none."""

    offered: OfferedTool
    unusable: str | None
    suspicious: str | None


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The readable tools of a listing, each name once; `notes` say what was left out."""

    tools: tuple[AssessedTool, ...]
    notes: tuple[str, ...]


def assess(entries: tuple[msgspec.Raw, ...]) -> Assessment:
    """Pure. One entry that cannot be read never costs the others."""
    offered: dict[str, OfferedTool] = {}
    unreadable = twice = 0
    for raw in entries:
        try:
            tool = read(raw)
        except Unusable:
            unreadable += 1
            continue
        twice += tool.name in offered
        offered.setdefault(tool.name, tool)
    notes = []
    if unreadable:
        notes.append(f"{unreadable} of its tools had no usable name or were not valid JSON, and are left out.")
    if twice:
        notes.append(f"{twice} of its tools had the name of another one, and are left out.")
    return Assessment(tools=tuple(_assessed(tool) for tool in offered.values()), notes=tuple(notes))


def _assessed(tool: OfferedTool) -> AssessedTool:
    try:
        listing(tool.definition, None)
    except Unusable as unusable:
        return AssessedTool(offered=tool, unusable=str(unusable), suspicious=None)
    return AssessedTool(offered=tool, unusable=None, suspicious=suspicion(tool.definition))
