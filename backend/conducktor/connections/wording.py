"""What an admin says a tool is, in place of its server's own words. The original is kept, pinned and judged as ever."""

import msgspec

from conducktor.connections.judgement import listing, suspicion
from conducktor.connections.tool_definition import Definition, Unusable
from conducktor.core.errors import Invalid

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 4_000
"""Characters, as many as are searched."""


class Wording(msgspec.Struct, frozen=True):
    """None: as its server says."""

    title: str | None = None
    description: str | None = None


def worded(definition: Definition, wording: Wording) -> Definition:
    """The definition with these words; the title also where older clients look for it."""
    told = dict(definition)
    if wording.title is not None:
        told["title"] = wording.title
        annotations = told.get("annotations")
        if isinstance(annotations, dict) and "title" in annotations:
            told["annotations"] = annotations | {"title": wording.title}
    if wording.description is not None:
        told["description"] = wording.description
    return told


def written(title: str | None, description: str | None) -> Wording:
    """What a person wrote, blank as none. Raises Invalid for what would be suspicious of a server, and for what is too long."""
    wording = Wording((title or "").strip() or None, (description or "").strip() or None)
    limits = {"title": TITLE_LIMIT, "description": DESCRIPTION_LIMIT}
    for field, limit in limits.items():
        text: str | None = getattr(wording, field)
        if text is None:
            continue
        if len(text) > limit:
            raise _refused(field, f"At most {limit:,} characters.")
        if reason := suspicion({field: text}):
            raise _refused(field, reason)
    return wording


def misfit(definition: Definition, wording: Wording) -> str | None:
    """Why clients could not use the tool with these words; None when they can."""
    try:
        listing(worded(definition, wording), None)
    except Unusable as unusable:
        return str(unusable)
    return None


def check_fits(definition: Definition, wording: Wording) -> None:
    """Raises Invalid when it is unusable with these words only: what is unusable anyway may be described."""
    if (reason := misfit(definition, wording)) and misfit(definition, Wording()) is None:
        raise _refused("description", f"{reason} Write a shorter one.")


def _refused(field: str, reason: str) -> Invalid:
    return Invalid("A tool cannot be described so.", errors={field: reason})
