"""Input schemas in a form that ChatGPT takes.

OpenAI refuses a tool, and sometimes the whole list, for an array without `items`, `required: null`, a bare
`additionalProperties: {}`, an `enum` that does not fit its type, or a root that is not a plain object. What can be put
right without forbidding anything the service accepts is put right in the *listed* form, with a note; the service still
checks the arguments itself. What cannot is `Unusable`. Nothing is fetched, expanded or evaluated, so time is bounded by size.
"""

from typing import Any

from conducktor.connections.schema_root import plain_root, pointed_at
from conducktor.connections.schema_walk import MANY, NAMED, ONE, every_schema
from conducktor.connections.tool_definition import Unusable

DEPTH_LIMIT = 40
"""Levels of properties or items below each other."""
TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})

Schema = dict[str, Any]


def repaired_input(schema: Any) -> tuple[Schema, tuple[str, ...]]:
    """The schema to list and a note for each repair. Raises Unusable."""
    notes: list[str] = []
    if schema is None:
        schema = {}
        notes.append("It has no input schema; an empty one is listed.")
    if not isinstance(schema, dict):
        raise Unusable("Its input schema is not an object.")
    listed = _Repair("inputSchema", notes).schema(schema, ())
    listed = plain_root(listed, notes)
    _check_references(listed)
    return listed, tuple(notes)


def repaired_output(schema: Any) -> tuple[Schema, tuple[str, ...]]:
    """As `repaired_input`, for an output schema: its root may be anything."""
    if not isinstance(schema, dict):
        raise Unusable("Its output schema is not an object.")
    notes: list[str] = []
    listed = _Repair("outputSchema", notes).schema(schema, ())
    _check_references(listed)
    return listed, tuple(notes)


class _Repair:
    """One walk over one schema; copies what it changes."""

    def __init__(self, root: str, notes: list[str]) -> None:
        self._root = root
        self._notes = notes

    def schema(self, given: Schema, path: tuple[str, ...]) -> Schema:
        if len(path) > 2 * DEPTH_LIMIT:  # a level is two steps: `properties` and its name
            raise Unusable(f"Its schema is nested more than {DEPTH_LIMIT} levels deep.")
        schema = dict(given)
        for mend in (self._null_keywords, self._types, self._items, self._enum, self._required):
            mend(schema, path)
        for keyword, value in schema.items():
            schema[keyword] = self._below(keyword, value, (*path, keyword))
        return schema

    def _below(self, keyword: str, value: Any, path: tuple[str, ...]) -> Any:
        if keyword in NAMED:
            if not isinstance(value, dict):
                raise Unusable(f"{self._at(path)} is not an object.")
            return {name: self._one(inner, (*path, name)) for name, inner in value.items()}
        if keyword in MANY:
            if not isinstance(value, list):
                raise Unusable(f"{self._at(path)} is not a list.")
            return [self._one(inner, (*path, str(i))) for i, inner in enumerate(value)]
        if keyword in {"additionalProperties", "unevaluatedProperties"} and value in ({}, True):
            if value == {}:
                self._note(path, "the empty schema is listed as `true`")
            return True
        return self._one(value, path) if keyword in ONE and value is not False else value

    def _one(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, bool):
            self._note(path, f"`{str(value).lower()}` is listed as a schema object")
            return {} if value else {"not": {}}
        if not isinstance(value, dict):
            raise Unusable(f"{self._at(path)} is not a schema.")
        return self.schema(value, path)

    def _null_keywords(self, schema: Schema, path: tuple[str, ...]) -> None:
        """`null` stands for an absent keyword in what some generators write."""
        for keyword in [k for k, v in schema.items() if v is None and not _may_be_null(k)]:
            del schema[keyword]
            self._note((*path, keyword), "`null` is left out")

    def _types(self, schema: Schema, path: tuple[str, ...]) -> None:
        if "type" not in schema:
            return
        named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        known = [t for t in named if isinstance(t, str) and t in TYPES]
        if known != named or not known:
            del schema["type"]
            if known:
                schema["type"] = known if isinstance(schema.get("type"), list) or len(known) > 1 else known[0]
            self._note((*path, "type"), "unknown types are left out")

    def _items(self, schema: Schema, path: tuple[str, ...]) -> None:
        if isinstance(schema.get("items"), list):
            schema["prefixItems"] = schema.pop("items")
            self._note((*path, "items"), "the list of schemas is listed as `prefixItems`")
        if "array" in _types_of(schema) and "items" not in schema:
            schema["items"] = {}
            self._note(path, "the array had no `items`; any are allowed")

    def _enum(self, schema: Schema, path: tuple[str, ...]) -> None:
        values = schema.get("enum")
        if values is None:
            return
        if not isinstance(values, list) or not values:
            del schema["enum"]
            self._note((*path, "enum"), "an enum without values is left out")
            return
        types = _types_of(schema)
        if types == {"array"} and not any(isinstance(v, list) for v in values):
            del schema["enum"]
            if isinstance(schema.get("items"), dict) and "enum" not in schema["items"]:
                schema["items"] = schema["items"] | {"enum": values}
            self._note((*path, "enum"), "the enum belongs to the items of the array")
        elif types and None in values and "null" not in types:
            schema["type"] = [*_type_list(schema), "null"]
            self._note(path, "the enum allows null, so the type does too")
            self._fitting_enum(schema, path)
        elif types:
            self._fitting_enum(schema, path)
        elif branches := [k for k in ("anyOf", "oneOf") if isinstance(schema.get(k), list)]:
            self._enum_into_branches(schema, branches[0], path)

    def _fitting_enum(self, schema: Schema, path: tuple[str, ...]) -> None:
        types = _types_of(schema)
        fitting = [v for v in schema["enum"] if _fits(v, types)]
        if len(fitting) < len(schema["enum"]):
            self._note((*path, "enum"), "values that do not fit the type are left out")
            if fitting:
                schema["enum"] = fitting
            else:
                del schema["enum"]

    def _enum_into_branches(self, schema: Schema, keyword: str, path: tuple[str, ...]) -> None:
        values = schema.pop("enum")
        branches = []
        for branch in schema[keyword]:
            fitting = [v for v in values if isinstance(branch, dict) and _fits(v, _types_of(branch))]
            branches.append(branch | {"enum": fitting} if fitting and "enum" not in branch and _types_of(branch) else branch)
        schema[keyword] = branches
        self._note((*path, "enum"), f"the enum moved into the branches of `{keyword}`")

    def _required(self, schema: Schema, path: tuple[str, ...]) -> None:
        given = schema.get("required")
        if given is not None and not (isinstance(given, list) and all(isinstance(name, str) for name in given)):
            del schema["required"]
            self._note((*path, "required"), "it is not a list of names and left out")

    def _note(self, path: tuple[str, ...], what: str) -> None:
        self._notes.append(f"{self._at(path)}: {what}.")

    def _at(self, path: tuple[str, ...]) -> str:
        return ".".join((self._root, *path))


def _check_references(root: Schema) -> None:
    """References must lead somewhere within the same schema. Recursive ones are fine: nothing expands them."""
    anchors = {schema.get("$anchor") for _, schema in every_schema(root)} | {
        s.get("$dynamicAnchor") for _, s in every_schema(root)
    }
    for _, schema in every_schema(root):
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            reference = schema.get(keyword, "#")
            if not isinstance(reference, str):
                raise Unusable(f"Its schema has a `{keyword}` that is not a text.")
            if not reference.startswith("#"):
                raise Unusable(f"Its schema refers to one elsewhere ({reference[:100]}), which Conducktor never fetches.")
            if not _leads_somewhere(root, reference[1:], anchors):
                raise Unusable(f"Its schema refers to {reference[:100]}, which it does not contain.")


def _leads_somewhere(root: Schema, fragment: str, anchors: set[Any]) -> bool:
    if fragment and not fragment.startswith("/"):
        return fragment in anchors
    return not fragment or isinstance(pointed_at(root, fragment), dict | bool)


def _types_of(schema: Schema) -> set[str]:
    return set(_type_list(schema))


def _type_list(schema: Schema) -> list[str]:
    named = schema.get("type", [])
    return named if isinstance(named, list) else [named]


def _fits(value: Any, types: set[str]) -> bool:
    match value:
        case None:
            return "null" in types
        case bool():
            return "boolean" in types
        case str():
            return "string" in types
        case int():
            return bool(types & {"integer", "number"})
        case float():
            return "number" in types or ("integer" in types and value.is_integer())
        case list():
            return "array" in types
        case _:
            return "object" in types


def _may_be_null(keyword: str) -> bool:
    return keyword in {"const", "default", "example"} or keyword.startswith("x-")
