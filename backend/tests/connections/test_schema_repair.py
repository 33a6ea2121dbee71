"""Schemas that ChatGPT is known to refuse: repaired in the listed form, or the tool is rejected with a reason. B10."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conducktor.connections.judgement import listing
from conducktor.connections.schema_repair import repaired_input, repaired_output
from conducktor.connections.schema_walk import every_schema
from conducktor.connections.tool_definition import Unusable

TEXT = {"type": "string"}


def root(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        pytest.param(None, root(), id="no schema"),
        pytest.param({}, root(), id="empty"),
        pytest.param({"type": "object"}, root(), id="no properties"),
        pytest.param({"type": ["object", "null"], "properties": {}}, root(), id="nullable root"),
        pytest.param({"type": "object", "properties": None}, root(), id="properties null"),
        pytest.param(root(tags={"type": "array"}), root(tags={"type": "array", "items": {}}), id="array without items"),
        pytest.param(
            root(tags={"type": ["array", "null"]}), root(tags={"type": ["array", "null"], "items": {}}), id="nullable array"
        ),
        pytest.param({**root(a=TEXT), "required": None}, root(a=TEXT), id="required null"),
        pytest.param(root(a={**TEXT, "required": True}), root(a=TEXT), id="required of draft 3"),
        pytest.param(
            root(a={"type": "object", "additionalProperties": {}}),
            root(a={"type": "object", "additionalProperties": True}),
            id="bare additionalProperties",
        ),
        pytest.param(
            root(a={"type": "array", "items": TEXT, "enum": ["x"]}),
            root(a={"type": "array", "items": {**TEXT, "enum": ["x"]}}),
            id="enum on the array",
        ),
        pytest.param(
            root(a={"anyOf": [TEXT, {"type": "null"}], "enum": ["x", None]}),
            root(a={"anyOf": [{**TEXT, "enum": ["x"]}, {"type": "null", "enum": [None]}]}),
            id="enum beside anyOf",
        ),
        pytest.param(
            root(a={**TEXT, "enum": ["x", None]}),
            root(a={"type": ["string", "null"], "enum": ["x", None]}),
            id="null in the enum",
        ),
        pytest.param(root(a={**TEXT, "enum": ["x", 1]}), root(a={**TEXT, "enum": ["x"]}), id="enum of another type"),
        pytest.param(root(a={**TEXT, "enum": []}), root(a=TEXT), id="empty enum"),
        pytest.param(root(a={"type": "str"}), root(a={}), id="unknown type"),
        pytest.param(root(a=True), root(a={}), id="boolean schema"),
        pytest.param(
            root(a={"type": "array", "items": [TEXT]}),
            root(a={"type": "array", "prefixItems": [TEXT], "items": {}}),
            id="items of draft 4",
        ),
        pytest.param({**root(a=TEXT), "not": {"required": ["a"]}, "enum": [{}]}, root(a=TEXT), id="not and enum at the root"),
    ],
)
def test_what_can_be_put_right_is_put_right(given: Any, listed: Any) -> None:
    repaired, notes = repaired_input(given)

    assert repaired == listed
    assert notes or given in ({}, {"type": "object"})


def test_a_sound_schema_is_listed_as_it_is() -> None:
    sound = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"anyOf": [TEXT, {"type": "null"}], "default": None, "x-any": None}},
        "required": ["a"],
        "additionalProperties": False,
        "$defs": {"A": {"type": "object", "properties": {"again": {"$ref": "#/$defs/A"}}, "x-unknown": 1}},
    }

    assert repaired_input(sound) == (sound, ())


def test_alternatives_at_the_root_become_one_object_that_allows_them_all() -> None:
    given = {
        "type": "object",
        "properties": {"kind": TEXT},
        "required": ["kind"],
        "anyOf": [
            {"properties": {"id": TEXT, "n": {"type": "integer"}}, "required": ["id", "n"], "additionalProperties": False},
            {"properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}, "required": ["n"]},
        ],
    }
    listed, notes = repaired_input(given)

    assert not {"anyOf", "oneOf", "allOf"} & listed.keys()
    assert listed["required"] == ["kind", "n"]
    assert listed["properties"]["id"] == {"anyOf": [TEXT, {"type": "integer"}]}
    assert "additionalProperties" not in listed
    assert "anyOf" in notes[0]


def test_all_parts_of_a_root_come_together() -> None:
    given = {
        "allOf": [{"$ref": "#/$defs/A"}, {"properties": {"b": TEXT}, "required": ["b"]}],
        "$defs": {"A": {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}},
    }
    listed, _ = repaired_input(given)

    assert listed["properties"] == {"a": TEXT, "b": TEXT}
    assert listed["required"] == ["a", "b"]


def test_a_reference_at_the_root_is_followed() -> None:
    listed, _ = repaired_input({"$ref": "#/$defs/In", "$defs": {"In": root(a=TEXT)}})

    assert listed["type"] == "object"
    assert listed["properties"] == {"a": TEXT}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param("text", id="not an object"),
        pytest.param({"type": "string"}, id="root is a string"),
        pytest.param({"type": "array", "items": {}}, id="root is an array"),
        pytest.param({"anyOf": [TEXT, {"type": "null"}]}, id="no alternative is an object"),
        pytest.param({"oneOf": [{"anyOf": [root()]}]}, id="alternatives within alternatives"),
        pytest.param(root(a={"$ref": "https://example.com/schema.json"}), id="reference to the web"),
        pytest.param(root(a={"$ref": "file:///etc/passwd"}), id="reference to a file"),
        pytest.param(root(a={"$ref": "other.json"}), id="relative reference"),
        pytest.param(root(a={"$ref": "#/$defs/missing"}), id="reference to nothing"),
        pytest.param(root(a={"$ref": 7}), id="reference that is a number"),
        pytest.param(
            {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}, id="circle at the root"
        ),
        pytest.param(root(a="text"), id="property that is a text"),
        pytest.param({"type": "object", "properties": ["a"]}, id="properties as a list"),
        pytest.param({"type": "object", "properties": {}, "anyOf": {"a": 1}}, id="anyOf as an object"),
    ],
)
def test_what_cannot_be_put_right_is_unusable_and_says_why(schema: Any) -> None:
    with pytest.raises(Unusable) as refusal:
        repaired_input(schema)
    assert str(refusal.value).endswith(".")


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = TEXT
    for _ in range(levels):
        schema = root(a=schema)
    return schema


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param({"inputSchema": nested(400)}, id="deep"),
        pytest.param({"inputSchema": root(**{f"p{i}": TEXT for i in range(3_000)})}, id="wide"),
        pytest.param({"description": "x" * 20_001}, id="wordy"),
        pytest.param({"outputSchema": {"description": "x" * 300_000}}, id="huge"),
    ],
)
def test_a_definition_that_is_too_large_is_refused_quickly(definition: dict[str, Any]) -> None:
    started = time.thread_time()

    with pytest.raises(Unusable):
        listing({"name": "big"} | definition, None)

    assert time.thread_time() - started < 0.1


def test_an_output_schema_may_have_any_root_but_no_reference_outside() -> None:
    assert repaired_output({"type": "array"})[0] == {"type": "array", "items": {}}
    with pytest.raises(Unusable):
        repaired_output({"$ref": "http://127.0.0.1/"})


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["object", "array", "string", "#/$defs/a", "#", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "anyOf",
                    "allOf",
                    "oneOf",
                    "enum",
                    "required",
                    "$ref",
                    "$defs",
                    "a",
                    "not",
                    "prefixItems",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(VALUES)
def test_any_json_is_either_listed_in_a_form_that_is_stable_or_unusable(value: Any) -> None:
    try:
        listed, _ = repaired_input(value)
    except Unusable:
        return
    assert listed["type"] == "object"
    assert isinstance(listed["properties"], dict)
    assert not {"anyOf", "oneOf", "allOf", "not", "enum"} & listed.keys()
    assert all("items" in schema for _, schema in every_schema(listed) if schema.get("type") == "array")
    assert repaired_input(msgspec.json.decode(msgspec.json.encode(listed)))[0] == listed
