"""The tools the upstream offers: 50 lists of 20, of the size and shape that real servers publish."""

import json
from pathlib import Path

CONNECTIONS = 50
TOOLS_EACH = 20

_VERBS = (
    "search get list create update delete archive restore export import "
    "assign unassign close reopen tag untag watch unwatch merge"
)
_NOUNS = (
    "issue invoice contract document meeting customer ticket payment shipment order product campaign contact report task "
    "project message channel file folder event deal lead quote refund employee vacancy candidate review survey incident alert "
    "release branch deployment server database backup certificate domain policy asset licence budget expense timesheet course "
    "lesson page comment"
)
_READS = ("search", "get", "list", "export")


def write(directory: Path) -> None:
    """Write <number>.json for each connection: `echo`, then 19 tools about one noun."""
    for number, noun in enumerate(_NOUNS.split()[:CONNECTIONS]):
        tools = [_ECHO, *(_tool(verb, noun) for verb in _VERBS.split())]
        if len(tools) != TOOLS_EACH:
            raise ValueError(f"{len(tools)} tools instead of {TOOLS_EACH}")
        (directory / f"{number}.json").write_text(json.dumps(tools, separators=(",", ":")))


_ECHO: dict[str, object] = {
    "name": "echo",
    "description": "Return the text that was passed.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
}


def _tool(verb: str, noun: str) -> dict[str, object]:
    return {
        "name": f"{verb}_{noun}",
        "title": f"{verb.title()} {noun}",
        "description": (
            f"{verb.title()} one or more {noun} records of the connected workspace. Returns the matching {noun} objects "
            "with their identifiers, owners and timestamps. Use the filters to narrow the result."
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": f"Identifier of the {noun}", "minLength": 1},
                "query": {"type": "string", "description": "Free-text query", "maxLength": 500},
                "status": {"type": "string", "enum": ["open", "closed", "pending", "draft"]},
                "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 20},
                "range": {
                    "type": "object",
                    "properties": {
                        "from": {"type": "string", "format": "date-time"},
                        "to": {"type": "string", "format": "date-time"},
                    },
                    "additionalProperties": False,
                },
            },
            "required": [] if verb in _READS else ["id"],
            "additionalProperties": False,
        },
        "annotations": {"readOnlyHint": verb in _READS, "destructiveHint": verb == "delete", "openWorldHint": False},
    }
