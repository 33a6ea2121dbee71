"""The operations of a document: what each is, whether it can be a tool, and the tool that it becomes."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from conducktor.connections.openapi.document import FIND, SHORTEN, ApiDocument, Node
from conducktor.connections.openapi.recipe import Body, BodyKind, Parameter, Place, RestOperation, Style
from conducktor.connections.openapi.schemas import input_schema, type_of
from conducktor.core.errors import Invalid
from conducktor.core.tool_call import OperationClass

OPERATIONS_LIMIT = 3_000
PARAMETERS_LIMIT = 100
DESCRIPTION_LIMIT = 1_500
METHODS = ("get", "head", "post", "put", "patch", "delete")
_READS = ("GET", "HEAD")
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization", "cookie", "host", "content-length", "connection"})
"""The first three are none by the specification; the others are the transport's own."""
_DEFAULT_STYLE = {Place.PATH: Style.SIMPLE, Place.QUERY: Style.FORM, Place.HEADER: Style.SIMPLE, Place.COOKIE: Style.FORM}
_STYLES = {
    Place.PATH: {Style.SIMPLE, Style.LABEL, Style.MATRIX},
    Place.QUERY: {Style.FORM, Style.SPACE_DELIMITED, Style.PIPE_DELIMITED, Style.DEEP_OBJECT},
    Place.HEADER: {Style.SIMPLE},
    Place.COOKIE: {Style.FORM},
}


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a document. `refusal` says why it cannot be a tool; `recipe` and `definition` are there otherwise."""

    key: str
    tool: str
    method: str
    path: str
    summary: str
    tags: tuple[str, ...]
    operation_class: OperationClass
    is_deprecated: bool
    refusal: str | None = None
    recipe: RestOperation | None = None
    definition: dict[str, Any] | None = None


def described(document: ApiDocument) -> list[Described]:
    """Every operation, in the document's order. Raises Invalid when there are too many or none."""
    taken: set[str] = set()
    found: list[Described] = []
    for path, method, item, node in _operations(document):
        if len(found) >= OPERATIONS_LIMIT:
            raise Invalid(f"The document has more than {OPERATIONS_LIMIT:,} operations.", next_step=SHORTEN)
        found.append(_described(document, path, method, item, node, taken))
    if not found:
        raise Invalid("The document has no operations.", next_step=FIND)
    return found


def class_of(method: str) -> OperationClass:
    if method in _READS:
        return OperationClass.READ
    return OperationClass.DESTRUCTIVE if method == "DELETE" else OperationClass.WRITE


def _operations(document: ApiDocument) -> Iterator[tuple[str, str, Node, Node]]:
    for path, item in document.root["paths"].items():
        item = document.resolved(item)
        if isinstance(item, dict) and path.startswith("/"):
            for method in METHODS:
                if isinstance(node := item.get(method), dict):
                    yield path, method.upper(), item, node


def _described(document: ApiDocument, path: str, method: str, item: Node, node: Node, taken: set[str]) -> Described:
    tool = _tool_name(node, method, path, taken)
    summary = _line(node.get("summary")) or _line(node.get("description"))
    told = Described(
        key=f"{method} {path}",
        tool=tool,
        method=method,
        path=path,
        summary=summary[:300],
        tags=tuple(tag[:60] for tag in _list(node.get("tags")) if isinstance(tag, str)),
        operation_class=class_of(method),
        is_deprecated=node.get("deprecated") is True,
    )
    try:
        recipe, definition = _tool(document, told, item, node)
    except Invalid as refusal:
        return msgspec.structs.replace(told, refusal=refusal.detail)
    return msgspec.structs.replace(told, recipe=recipe, definition=definition)


def _tool(document: ApiDocument, told: Described, item: Node, node: Node) -> tuple[RestOperation, dict[str, Any]]:
    properties: dict[str, Node] = {}
    parameters = []
    for declared in _parameters(document, item, node):
        parameter, schema = _parameter(document, declared, properties)
        if parameter is not None:
            parameters.append(parameter)
            properties[parameter.argument] = schema
    if re.search(r"[?#\s\\]", told.path) or any(segment in (".", "..") for segment in told.path.split("/")):
        raise Invalid("Its path is not a plain one.")
    blanks = set(re.findall(r"\{([^{}]*)\}", told.path))
    if missing := blanks - {parameter.name for parameter in parameters if parameter.place is Place.PATH}:
        raise Invalid(f"Its path has a blank that the document does not describe: {sorted(missing)[0]}.")
    body = _body(document, node, properties)
    required = [p.argument for p in parameters if p.required] + ([body.argument] if body and body.required else [])
    recipe = RestOperation(tool=told.tool, method=told.method, path=told.path, parameters=tuple(parameters), body=body)
    definition = {
        "name": told.tool,
        "title": told.summary or told.tool,
        "description": _description(told, node),
        "inputSchema": input_schema(document, properties, required),
        "annotations": {
            "readOnlyHint": told.operation_class is OperationClass.READ,
            "destructiveHint": told.operation_class is OperationClass.DESTRUCTIVE,
            "idempotentHint": told.method in ("GET", "HEAD", "PUT", "DELETE"),
            "openWorldHint": True,
        },
    }
    return recipe, definition


def _description(told: Described, node: Node) -> str:
    """Ends with method and path, so that another path is another definition, which a person has to accept."""
    said = node.get("description")
    words = "\n\n".join(dict.fromkeys(part for part in (told.summary, said.strip() if isinstance(said, str) else "") if part))
    cut = words if len(words) <= DESCRIPTION_LIMIT else words[: DESCRIPTION_LIMIT - 1] + "…"
    return f"{cut}\n\n{told.key}".strip()


def _parameters(document: ApiDocument, item: Node, node: Node) -> list[dict[str, Node]]:
    """Those of the path and of the operation, which win by place and name."""
    found: dict[tuple[str, str], dict[str, Node]] = {}
    for declared in [*_list(item.get("parameters")), *_list(node.get("parameters"))]:
        parameter = document.resolved(declared)
        if isinstance(parameter, dict) and isinstance(parameter.get("name"), str) and parameter.get("in") in set(Place):
            found[parameter["in"], parameter["name"]] = parameter
    if len(found) > PARAMETERS_LIMIT:
        raise Invalid(f"It has more than {PARAMETERS_LIMIT} parameters.")
    return list(found.values())


def _parameter(document: ApiDocument, declared: dict[str, Node], taken: dict[str, Node]) -> tuple[Parameter | None, Node]:
    place, name = Place(declared["in"]), declared["name"]
    if place is Place.HEADER and name.lower() in _IGNORED_HEADERS:
        return None, None
    schema = declared.get("schema")
    style, explode = _style(place, declared)
    if schema is None:
        content = declared.get("content")
        name_of_media, media = next(iter(content.items()), ("", None)) if isinstance(content, dict) else ("", None)
        if "json" not in name_of_media:
            raise Invalid(f"How its parameter {name[:60]} is written is not described.")
        schema, style = media.get("schema", {}) if isinstance(media, dict) else {}, Style.JSON
    if isinstance(said := declared.get("description"), str):
        schema = {"allOf": [schema], "description": said} if "$ref" in schema else {**schema, "description": said}
        schema = _unwrapped(document, schema)
    parameter = Parameter(
        argument=_argument(name, place.value, taken),
        name=name,
        place=place,
        style=style,
        explode=explode,
        required=place is Place.PATH or declared.get("required") is True,
    )
    return parameter, schema


def _unwrapped(document: ApiDocument, schema: Node) -> Node:
    if "allOf" in schema and len(schema) == 2 and len(schema["allOf"]) == 1:
        inner = document.resolved(schema["allOf"][0])
        return {**inner, "description": schema["description"]} if isinstance(inner, dict) else schema
    return schema


def _style(place: Place, declared: dict[str, Node]) -> tuple[Style, bool]:
    named = declared.get("style", _DEFAULT_STYLE[place])
    if named not in _STYLES[place]:
        raise Invalid(f"The style of its parameter {declared['name'][:60]} is not known.")
    style = Style(named)
    explode = declared.get("explode")
    return style, explode if isinstance(explode, bool) else style is Style.FORM


def _body(document: ApiDocument, node: Node, properties: dict[str, Node]) -> Body | None:
    declared = document.resolved(node.get("requestBody"))
    content = declared.get("content") if isinstance(declared, dict) else None
    if not isinstance(content, dict) or not content:
        return None
    media_type, kind, media = _media(content)
    schema = media.get("schema", {}) if isinstance(media, dict) else {}
    argument = _argument("body", "json", properties)
    if kind is BodyKind.FORM and type_of(document, schema) not in ("object", ""):
        raise Invalid("Its form is not an object.")
    properties[argument] = schema if kind is not BodyKind.TEXT else {"type": "string"}
    return Body(argument=argument, kind=kind, media_type=media_type, required=declared.get("required") is True)


def _media(content: dict[str, Node]) -> tuple[str, BodyKind, Node]:
    """The form of the body that arguments can be written in, JSON first."""
    plain = {name.split(";")[0].strip().lower(): (name, media) for name, media in content.items()}
    for name, (given, media) in plain.items():
        if name == "application/json" or name.endswith("+json"):
            return given, BodyKind.JSON, media
    if "*/*" in plain or "application/*" in plain:
        return "application/json", BodyKind.JSON, plain.get("*/*", plain.get("application/*", ("", {})))[1]
    if "application/x-www-form-urlencoded" in plain:
        return "application/x-www-form-urlencoded", BodyKind.FORM, plain["application/x-www-form-urlencoded"][1]
    for name, (given, media) in plain.items():
        if name.startswith("text/"):
            return given, BodyKind.TEXT, media
    raise Invalid(f"It takes {next(iter(plain))[:60]}, which arguments cannot be written in.")


def _argument(name: str, place: str, taken: dict[str, Node]) -> str:
    plain = name if name not in taken else f"{name}_{place}"
    number = 2
    while plain in taken:
        plain, number = f"{name}_{place}_{number}", number + 1
    return plain


def _tool_name(node: Node, method: str, path: str, taken: set[str]) -> str:
    given = node.get("operationId")
    words = given if isinstance(given, str) and given.strip() else f"{method.lower()}_{path}"
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_")[:100] or method.lower()
    plain, number = name, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name


def _line(value: Node) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: Node) -> list[Node]:
    return value if isinstance(value, list) else []
