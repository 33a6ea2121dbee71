"""The official `server.json` schema (2025-12-11), as far as a remote server needs it, read strictly."""

import re
from typing import Annotated, Any

import msgspec

from conducktor.core.errors import Invalid

OUR_META = "dev.conducktor.catalog/v1"

_BLANK = re.compile(r"\{(\w+)\}")
_URL = re.compile(r"https?://[^\s]+")

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", min_length=3, max_length=200)]
Description = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Version = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Input(msgspec.Struct, frozen=True, rename="camel"):
    """`Input` of the official schema: a blank that somebody fills in."""

    description: str | None = None
    value: str | None = None
    default: str | None = None
    placeholder: str | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_secret: bool = False


class Header(Input, frozen=True, kw_only=True, rename="camel"):
    """`KeyValueInput` of the official schema; `value` may hold `{blanks}` described in `variables`."""

    name: str
    variables: dict[str, Input] = {}

    @property
    def carries_key(self) -> bool:
        return self.is_secret or any(variable.is_secret for variable in self.variables.values())

    def filled(self, secret: str) -> str:
        """The header's value around `secret`; the secret itself when there is no template."""
        return _BLANK.sub(lambda _: secret, self.value) if self.value else secret


class Remote(msgspec.Struct, frozen=True):
    """`type` is `streamable-http` or `sse`; `url` may hold `{blanks}` described in `variables`."""

    type: str
    url: str
    variables: dict[str, Input] = {}
    headers: tuple[Header, ...] = ()

    @property
    def blanks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_BLANK.findall(self.url)))

    def filled(self, values: dict[str, str]) -> str:
        return _BLANK.sub(lambda blank: values[blank[1]], self.url)


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """One server. `packages` are programs to run, which this product never does for a document."""

    name: Name
    description: Description
    version: Version
    title: Title | None = None
    website_url: str | None = None
    remotes: tuple[Remote, ...] = ()
    packages: tuple[msgspec.Raw, ...] = ()
    meta: dict[str, msgspec.Raw] = msgspec.field(name="_meta", default_factory=dict)


def read_document(raw: bytes | msgspec.Raw) -> Document:
    """Unknown fields are ignored. Raises Invalid, which says what is wrong and where."""
    try:
        document = msgspec.json.decode(raw, type=Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise Invalid(f"This is not a server.json document: {_plain(error)}") from None
    if not document.remotes:
        raise Invalid(f"{document.name} {_ONLY_PACKAGES if document.packages else 'names no remote server.'}")
    for remote in document.remotes:
        if remote.type not in ("streamable-http", "sse"):
            raise Invalid(f"{document.name}: a remote of type “{remote.type[:40]}” is not known; use streamable-http or sse.")
        if not _URL.fullmatch(remote.url):
            raise Invalid(f"{document.name}: “{remote.url[:80]}” is not the address of a remote server.")
    return document


_ONLY_PACKAGES = (
    "can only be installed as a program (a package), and Conducktor connects to servers that are reached by their address. "
    "Whoever runs this installation can add programs."
)


def additions_of(document: Document, kind: type[Any]) -> Any:
    """What stands under our own `_meta` key, as `kind`. Raises Invalid."""
    ours = document.meta.get(OUR_META)
    try:
        return msgspec.json.decode(ours, type=kind) if ours else kind()
    except msgspec.MsgspecError as error:
        raise Invalid(f"{document.name}: _meta.{OUR_META}: {_plain(error)}") from None


def _plain(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    return f"{error}".replace("$.", "").replace("`$`", "the document") + "."
