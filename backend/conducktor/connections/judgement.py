"""May this definition be offered to clients? The one place that decides, for new tools, changed ones and those being listed."""

import re
from typing import Any

import msgspec

from conducktor.connections.hidden_text import hidden_in
from conducktor.connections.schema_repair import repaired_input, repaired_output
from conducktor.connections.schema_walk import every_schema
from conducktor.connections.slow_pattern import may_be_slow
from conducktor.connections.tool_class import explicit_annotations
from conducktor.connections.tool_definition import Definition, Unusable
from conducktor.core.tool_call import OperationClass

LISTED_LIMIT = 20_000
"""Characters of name, description and input schema: ChatGPT refuses tools of 5,000 tokens and more."""
WHOLE_LIMIT = 256 * 1024
"""Bytes of the whole definition, with output schema, icons and metadata."""

_OWN_TOOLS = re.compile(r"conducktr_\w+")
_WORD = re.compile(r"[A-Za-z0-9_-]{8,}")
"""Shorter names are words of every language, and tell nothing."""
_HEADER_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_KEY = "x-mcp-header"
_HEADER_PREFIX = "Mcp-Param-"

HeaderParams = tuple[tuple[tuple[str, ...], str], ...]


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A definition in the form clients are shown, under the upstream's own name; `notes` say what was put right."""

    definition: Definition
    notes: tuple[str, ...]
    header_params: HeaderParams


def listing(definition: Definition, override: OperationClass | None) -> Listing:
    """Repair what can be repaired; fields that we do not know pass through. Raises Unusable."""
    _check_size(definition)
    _check_execution(definition)
    listed = dict(definition)
    notes: list[str] = []
    for field in ("title", "description"):
        if field in listed and not isinstance(listed[field], str):
            del listed[field]
            notes.append(f"Its {field} is not a text and is left out.")
    schema, repairs = repaired_input(definition.get("inputSchema"))
    notes.extend(repairs)
    listed["inputSchema"] = schema
    if definition.get("outputSchema") is None:
        listed.pop("outputSchema", None)
    else:
        listed["outputSchema"], repairs = repaired_output(definition["outputSchema"])
        notes.extend(repairs)
    listed["annotations"] = explicit_annotations(definition.get("annotations"), override)
    return Listing(definition=listed, notes=tuple(notes), header_params=_header_params(schema))


def suspicion(definition: Definition) -> str | None:
    """Why a person should look at this definition before any model does; None when there is no reason."""
    if hidden := hidden_in(definition):
        return f"It holds characters that people cannot see: {'; '.join(hidden)}."
    for field in ("inputSchema", "outputSchema"):
        for path, schema in every_schema(definition.get(field)):
            if any(may_be_slow(pattern) for pattern in _patterns(schema)):
                return f"A pattern at {'.'.join((field, *path))} can take a client forever to check."
    if named := _OWN_TOOLS.search(msgspec.json.encode(definition).decode()):
        return f"It speaks of {named[0]}, a tool of Conducktor itself."
    return None


def mentions(definition: Definition, names: frozenset[str]) -> str | None:
    """The first of these tools' names that it speaks of; a tool of one server has no business with those of another."""
    found = sorted(names.intersection(_WORD.findall(msgspec.json.encode(definition).decode())))
    return found[0] if found else None


def _check_size(definition: Definition) -> None:
    """Before any other work, so that the work is bounded."""
    told = [definition.get(field) for field in ("name", "description", "inputSchema")]
    size = sum(len(msgspec.json.encode(part).decode()) for part in told)
    if size > LISTED_LIMIT:
        raise Unusable(f"Its description and input schema have {size:,} characters; ChatGPT refuses more than {LISTED_LIMIT:,}.")
    if len(msgspec.json.encode(definition)) > WHOLE_LIMIT:
        raise Unusable(f"Its definition is larger than {WHOLE_LIMIT // 1024} KiB.")


def _check_execution(definition: Definition) -> None:
    """MCP 2025-11-25 tasks: a tool that answers only through a task cannot be called by a client that has none."""
    execution = definition.get("execution")
    if isinstance(execution, dict) and execution.get("taskSupport") == "required":
        raise Unusable("It answers only as a long-running task, which ChatGPT cannot follow.")


def _patterns(schema: dict[str, Any]) -> list[str]:
    own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    named = schema.get("patternProperties")
    return [*own, *named] if isinstance(named, dict) else own


def _header_params(schema: dict[str, Any]) -> HeaderParams:
    """Arguments to mirror into headers. Raises Unusable for annotations with which clients must drop a tool (MCP 2026-07-28)."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for path, inner in every_schema(schema):
        if _HEADER_KEY not in inner:
            continue
        token, where = inner[_HEADER_KEY], ".".join(path)
        if not path or any(keyword != "properties" for keyword in path[::2]):
            raise Unusable(f"`{_HEADER_KEY}` at {where or 'the root'} is not on a plain property.")
        if not (isinstance(token, str) and _HEADER_TOKEN.fullmatch(token)):
            raise Unusable(f"`{_HEADER_KEY}` at {where} is not the name of a header.")
        if inner.get("type") not in ("string", "integer", "boolean"):
            raise Unusable(f"`{_HEADER_KEY}` at {where} must be on a string, integer or boolean.")
        if token.lower() in found:
            raise Unusable(f"Two arguments are mirrored into the same header {token}.")
        found[token.lower()] = (path[1::2], _HEADER_PREFIX + token)
    return tuple(found.values())
