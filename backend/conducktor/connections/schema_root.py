"""Making the root of an input schema one plain object: OpenAI takes no `anyOf`, `oneOf`, `allOf`, `enum` or `not` there."""

from typing import Any
from urllib.parse import unquote

from conducktor.connections.tool_definition import Unusable

COMBINATORS = ("allOf", "anyOf", "oneOf")
FOLLOWED_REFERENCES = 8

Schema = dict[str, Any]


def plain_root(schema: Schema, notes: list[str]) -> Schema:
    """The root without combinators, allowing at least what it allowed before. Raises Unusable."""
    root = _resolved(schema, schema)
    if root is not schema:
        notes.append("inputSchema: the reference at its root was followed.")
    types = root.get("type", "object")
    if types != "object":
        if not (isinstance(types, list) and "object" in types):
            raise Unusable("Its input is not an object, as the arguments of a tool must be.")
        notes.append("inputSchema: only `object` of its types can be called.")
    root = {"type": "object"} | root | {"type": "object"}
    for keyword in COMBINATORS:
        if keyword in root:
            root = _flattened(root, keyword)
            notes.append(f"inputSchema: `{keyword}` at the root was merged into one object; the service still checks it.")
    for keyword in ("enum", "not"):
        if keyword in root:
            del root[keyword]
            notes.append(f"inputSchema: `{keyword}` at the root is left out; the service still checks it.")
    return root if "properties" in root else root | {"properties": {}}


def pointed_at(root: Schema, pointer: str) -> Any:
    """What a JSON pointer (`/…`, percent-encoded as in a URI fragment) leads to; None when nothing. RFC 6901."""
    node: Any = root
    for step in unquote(pointer).split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and key.isascii() and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def _resolved(schema: Schema, root: Schema) -> Schema:
    """Follow `$ref` at the top of `schema` within `root`; siblings of the reference win."""
    for _ in range(FOLLOWED_REFERENCES):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        target = pointed_at(root, reference[1:])
        if not isinstance(target, dict):
            return schema  # reported as a reference that leads nowhere
        schema = target | {k: v for k, v in schema.items() if k != "$ref"}
    raise Unusable("The reference at the root of its input schema goes in circles.")


def _flattened(root: Schema, keyword: str) -> Schema:
    branches = [_resolved(branch, root) for branch in root[keyword] if isinstance(branch, dict)]
    objects = [b for b in branches if "object" in _types(b)]
    if not objects:
        raise Unusable(f"No branch of `{keyword}` at the root of its input schema is an object.")
    for branch in objects:
        if any(inner in branch for inner in COMBINATORS):
            raise Unusable(f"`{keyword}` at the root of its input schema is nested too deeply to be merged.")
    merged = {k: v for k, v in root.items() if k != keyword}
    merged["properties"] = _merged_properties([merged, *objects])
    required = _merged_required(
        merged.get("required", []), [b.get("required", []) for b in objects], everywhere=keyword == "allOf"
    )
    merged.pop("required", None)
    # A branch that forbids other properties meant only its own; merged, it would forbid the others' too.
    merged.pop("additionalProperties", None)
    definitions = {k: {**b.get(k, {})} for b in objects for k in ("$defs", "definitions") if k in b}
    merged |= {k: {**v, **merged.get(k, {})} for k, v in definitions.items()}
    return merged | ({"required": required} if required else {})


def _merged_properties(schemas: list[Schema]) -> Schema:
    properties: Schema = {}
    for schema in schemas:
        for name, value in schema.get("properties", {}).items():
            known = properties.setdefault(name, value)
            if known != value:
                options = known["anyOf"] if set(known) == {"anyOf"} else [known]
                properties[name] = {"anyOf": options if value in options else [*options, value]}
    return properties


def _merged_required(of_root: list[str], of_branches: list[list[str]], *, everywhere: bool) -> list[str]:
    """Names that every call needs: of `allOf` all, of alternatives those that all of them name."""
    if everywhere:
        names = [*of_root, *(name for branch in of_branches for name in branch)]
    else:
        names = [*of_root, *(name for name in of_branches[0] if all(name in branch for branch in of_branches))]
    return list(dict.fromkeys(names))


def _types(schema: Schema) -> list[str]:
    named = schema.get("type", ["object"])
    return named if isinstance(named, list) else [named]
