"""Walking a JSON Schema: which keywords hold schemas (2020-12 and the older spellings), everything else is data."""

from collections.abc import Iterator
from typing import Any

ONE = frozenset(
    {
        "items", "contains", "unevaluatedItems", "additionalItems", "additionalProperties", "propertyNames",
        "unevaluatedProperties", "not", "if", "then", "else", "contentSchema",
    }
)  # fmt: skip
MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})

Path = tuple[str, ...]


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas directly within, with the keys that lead there; booleans and malformed values included."""
    for keyword, value in schema.items():
        if keyword in ONE:
            yield (keyword,), value
        elif keyword in MANY and isinstance(value, list):
            yield from (((keyword, str(i)), inner) for i, inner in enumerate(value))
        elif keyword in NAMED and isinstance(value, dict):
            yield from (((keyword, name), inner) for name, inner in value.items())


def every_schema(root: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every schema object at and below `root`, `root` first."""
    waiting: list[tuple[Path, Any]] = [((), root)]
    while waiting:
        path, schema = waiting.pop()
        if isinstance(schema, dict):
            yield path, schema
            waiting.extend((path + below, inner) for below, inner in subschemas(schema))
