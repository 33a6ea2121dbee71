"""Schemas of an OpenAPI document as the plain JSON Schema of a tool's input: references inlined, within a budget."""

from typing import Any

import msgspec

from conducktor.connections.openapi.document import ApiDocument, Node
from conducktor.core.errors import Invalid

Schema = dict[str, Any]

SIZE_LIMIT = 15_000
"""Characters of one input schema: ChatGPT refuses tools of 5,000 tokens, name and description included."""
NODES_LIMIT = 4_000
"""Schemas that one inlined schema may come to."""
_DEPTHS = (40, 8, 5, 4, 3, 2)

_KEPT = frozenset(
    {
        "additionalProperties", "allOf", "anyOf", "const", "default", "description", "enum", "exclusiveMaximum",
        "exclusiveMinimum", "format", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "not", "nullable", "oneOf", "pattern", "prefixItems", "properties",
        "readOnly", "required", "title", "type", "uniqueItems",
    }
)  # fmt: skip
_DESCRIBED = 300


class _TooLarge(Exception):
    pass


def input_schema(document: ApiDocument, properties: dict[str, Node], required: list[str]) -> Schema:
    """An object of these arguments; what would be too large for a client loses descriptions first, then depth."""
    for words in (_DESCRIBED, 80, 0):
        for depth in _DEPTHS:
            try:
                made = {name: _Inliner(document, depth, words).schema(schema) for name, schema in properties.items()}
            except _TooLarge:
                continue
            whole = {"type": "object", "properties": made, "required": required, "additionalProperties": False}
            if len(msgspec.json.encode(whole)) <= SIZE_LIMIT:
                return whole
            if words:
                break  # fewer words before less depth
    loose: dict[str, Schema] = {name: {} for name in properties}
    return {"type": "object", "properties": loose, "required": required, "additionalProperties": False}


class _Inliner:
    """One walk. A schema within itself, and what lies below `depth`, is left open: any value."""

    def __init__(self, document: ApiDocument, depth: int, words: int) -> None:
        self._document = document
        self._depth = depth
        self._words = words
        self._left = NODES_LIMIT

    def schema(self, node: Node, depth: int = 0, within: tuple[str, ...] = ()) -> Schema:
        self._left -= 1
        if self._left < 0:
            raise _TooLarge
        if isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
            if reference in within:
                return {}
            return self.schema(self._document.pointed_at(reference), depth, (*within, reference)) | self._said(node)
        if not isinstance(node, dict):
            return {}
        if depth > self._depth:
            return {"type": node["type"]} if node.get("type") in ("string", "number", "integer", "boolean", "object") else {}
        made = {
            key: self._below(key, value, depth, within) for key, value in node.items() if key in _KEPT and key != "description"
        }
        made = {key: value for key, value in made.items() if value is not None or key in ("default", "const")}
        made.pop("readOnly", None)
        if self._document.is_30:
            _from_30(made)
        _without_read_only(made, self._document.resolved, node)
        return made | self._said(node)

    def _below(self, key: str, value: Node, depth: int, within: tuple[str, ...]) -> Any:
        match key, value:
            case "properties", dict():
                return {name: self.schema(inner, depth + 1, within) for name, inner in value.items()}
            case (("allOf" | "anyOf" | "oneOf" | "prefixItems"), list()):
                return [self.schema(inner, depth + 1, within) for inner in value]
            case (("items" | "not" | "additionalProperties"), dict()):
                return self.schema(value, depth + 1, within)
            case (("properties" | "allOf" | "anyOf" | "oneOf" | "items" | "prefixItems"), _):
                return None
            case _:
                return value

    def _said(self, node: dict[str, Node]) -> Schema:
        said = node.get("description")
        if not self._words or not isinstance(said, str) or not said.strip():
            return {}
        said = " ".join(said.split())
        return {"description": said if len(said) <= self._words else said[: self._words - 1] + "…"}


def _from_30(made: Schema) -> None:
    """What OpenAPI 3.0 says in words of its own."""
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    for bound in ("Minimum", "Maximum"):
        exclusive = made.get(f"exclusive{bound}")
        if isinstance(exclusive, bool):
            del made[f"exclusive{bound}"]
            if exclusive and bound.lower() in made:
                made[f"exclusive{bound}"] = made.pop(bound.lower())


def _without_read_only(made: Schema, resolved: Any, node: dict[str, Node]) -> None:
    """Properties that only answers have."""
    properties = node.get("properties")
    if not isinstance(properties, dict) or not isinstance(made.get("properties"), dict):
        return
    for name, inner in properties.items():
        found = resolved(inner)
        if isinstance(found, dict) and found.get("readOnly") is True:
            made["properties"].pop(name, None)
            if isinstance(made.get("required"), list):
                made["required"] = [known for known in made["required"] if known != name]


def type_of(document: ApiDocument, node: Node) -> str:
    """The one type of a schema, as far as it says; empty otherwise."""
    try:
        found = document.resolved(node)
    except Invalid:
        return ""
    named = found.get("type") if isinstance(found, dict) else None
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), None)
    return named if isinstance(named, str) else ""
