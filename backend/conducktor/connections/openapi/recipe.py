"""All that a call of one operation needs, made from the document once and kept beside the connection."""

from enum import StrEnum

import msgspec


class Place(StrEnum):
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"


class Style(StrEnum):
    """How lists and objects are written. OpenAPI 3.1 §4.8.12.2."""

    SIMPLE = "simple"
    LABEL = "label"
    MATRIX = "matrix"
    FORM = "form"
    SPACE_DELIMITED = "spaceDelimited"
    PIPE_DELIMITED = "pipeDelimited"
    DEEP_OBJECT = "deepObject"
    JSON = "json"
    """Our word for parameters with `content: application/json`."""


class BodyKind(StrEnum):
    JSON = "json"
    FORM = "form"
    TEXT = "text"


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """`argument` is what it is called among the tool's arguments: names may repeat in several places."""

    argument: str
    name: str
    place: Place
    style: Style
    explode: bool
    required: bool


class Body(msgspec.Struct, frozen=True, kw_only=True):
    argument: str
    kind: BodyKind
    media_type: str
    required: bool


class RestOperation(msgspec.Struct, frozen=True, kw_only=True):
    """`method` in capitals; `path` with its `{blanks}`, as in the document."""

    tool: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None

    @property
    def key(self) -> str:
        """What names it in the document."""
        return f"{self.method} {self.path}"


def encode(recipes: list[RestOperation]) -> bytes:
    return msgspec.json.encode(recipes)


def decode(raw: bytes) -> dict[str, RestOperation]:
    """By the tool's name."""
    return {recipe.tool: recipe for recipe in msgspec.json.decode(raw, type=list[RestOperation])}
