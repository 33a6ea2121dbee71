"""The difference between two definitions, field by field, for a person who decides whether to accept it."""

from typing import Any

import msgspec

from conducktor.connections.hidden_text import visible
from conducktor.connections.tool_definition import PINNED_FIELDS, Definition

CHANGES_LIMIT = 200
VALUE_LIMIT = 20_000
"""Whole descriptions and schemas, as far as they can be accepted at all."""
KEPT_BEFORE = 200
"""Of what is the same, in front of the first difference of longer ones."""


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. `path` as in `inputSchema.properties.title`; null where the field did not exist.

    Values are text, other JSON encoded; invisible characters are shown as code points.
    """

    path: str
    before: str | None
    after: str | None


_ABSENT = object()


def changes(before: Definition, after: Definition) -> list[FieldChange]:
    """Differences in what is pinned, in the order of the fields; at most 200, the last one then says so."""
    found: list[FieldChange] = []
    for field in PINNED_FIELDS:
        _compare(field, before.get(field, _ABSENT), after.get(field, _ABSENT), found)
    if len(found) > CHANGES_LIMIT:
        more = FieldChange(path="…", before=None, after=f"{len(found) - CHANGES_LIMIT + 1} more differences")
        return [*found[: CHANGES_LIMIT - 1], more]
    return found


def _compare(path: str, before: Any, after: Any, found: list[FieldChange]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            _compare(f"{path}.{visible(key)}", before.get(key, _ABSENT), after.get(key, _ABSENT), found)
    elif before is not after and (before != after or type(before) is not type(after)):  # 1, 1.0 and True are equal
        found.append(_change(path, _text(before), _text(after)))


def _change(path: str, before: str | None, after: str | None) -> FieldChange:
    """Long texts are cut around their first difference: what is the same on both sides must not hide it."""
    longest = max(len(before or ""), len(after or ""))
    same = _first_difference(before or "", after or "") if longest > VALUE_LIMIT else 0
    start = max(0, same - KEPT_BEFORE)
    return FieldChange(path=path, before=_shown(before, start), after=_shown(after, start))


def _first_difference(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _text(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shown(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    end = start + VALUE_LIMIT
    return ("…" if start else "") + visible(text[start:end]) + ("…" if len(text) > end else "")
