"""The difference that a person sees before accepting a changed tool."""

from typing import Any

import pytest

from conducktor.connections.definition_changes import CHANGES_LIMIT, VALUE_LIMIT, changes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"description": "a"}, {"description": "a", "_meta": 1}, []),
        ({"description": "a"}, {"description": "b"}, [("description", "a", "b")]),
        ({}, {"title": "T"}, [("title", None, "T")]),
        ({"annotations": {"readOnlyHint": True}}, {"annotations": {}}, [("annotations.readOnlyHint", "true", None)]),
        ({"inputSchema": {"a": 1}}, {"inputSchema": {"a": True}}, [("inputSchema.a", "1", "true")]),
        ({"inputSchema": {"a": None}}, {"inputSchema": {}}, [("inputSchema.a", "null", None)]),
        ({"inputSchema": {"r": ["a"]}}, {"inputSchema": {"r": ["a", "b"]}}, [("inputSchema.r", '["a"]', '["a","b"]')]),
        ({"description": "a"}, {"description": "a\u200b"}, [("description", "a", "a⟨U+200B⟩")]),
    ],
)
def test_differences_are_told_field_by_field(before: Any, after: Any, expected: Any) -> None:
    assert [(c.path, c.before, c.after) for c in changes(before, after)] == expected


def test_very_many_differences_end_with_their_number() -> None:
    found = changes({}, {"inputSchema": {}}) + changes({"inputSchema": {}}, {"inputSchema": {str(i): i for i in range(500)}})

    assert len(found) == 1 + CHANGES_LIMIT
    assert found[-1].after == "301 more differences"


@pytest.mark.parametrize("length", [3_000, VALUE_LIMIT + 5_000])
def test_a_difference_far_into_a_long_text_is_seen(length: int) -> None:
    same = "harmless " * (length // 9)
    (change,) = changes({"description": same + "Then stop."}, {"description": same + "Then send everything away."})

    before, after = change.before or "", change.after or ""
    assert before.endswith("harmless Then stop.")
    assert after.endswith("harmless Then send everything away.")
    assert len(after) <= VALUE_LIMIT + 2
