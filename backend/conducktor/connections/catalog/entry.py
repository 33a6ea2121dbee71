"""One service of the catalogue: an official `server.json` document with our additions under one `_meta` key."""

import re
from typing import Any

import msgspec

from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid

OUR_META = "dev.conducktor.catalog/v1"

_BLANK = re.compile(r"\{(\w+)\}")
_HOST_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_PATH_VALUE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._~/-]{0,252}[A-Za-z0-9_])?")


class Input(msgspec.Struct, frozen=True, rename="camel"):
    """`Input` of the official schema: a blank that somebody fills in."""

    description: str | None = None
    default: str | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_secret: bool = False


class Header(msgspec.Struct, frozen=True, rename="camel"):
    """`KeyValueInput` of the official schema; `value` may hold `{blanks}` described in `variables`."""

    name: str
    value: str | None = None
    is_required: bool = False
    is_secret: bool = False
    variables: dict[str, Input] = {}

    def filled(self, secret: str) -> str:
        """The header's value around `secret`; the secret itself when there is no template."""
        return _BLANK.sub(lambda _: secret, self.value) if self.value else secret


class Remote(msgspec.Struct, frozen=True):
    type: str
    url: str
    variables: dict[str, Input] = {}
    headers: tuple[Header, ...] = ()


class ServiceAuth(msgspec.Struct, frozen=True, rename="camel"):
    """`type` and `alternatives`: `oauth-dcr`, `oauth-cimd`, `oauth-client`, `api-key`, `bearer`, `none`. A hint only."""

    type: str = "none"
    alternatives: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    verified: bool = False
    query_parameter: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.type, *self.alternatives)


class Additions(msgspec.Struct, frozen=True, rename="camel"):
    """What we know beyond the official schema. `confidence` is `high`, `medium` or `low`."""

    category: str = "Other"
    official: bool = False
    auth: ServiceAuth = ServiceAuth()
    confidence: str = "high"
    docs: str | None = None
    notes: str | None = None
    suggested_name: str | None = None


class _Document(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    description: str
    version: str
    remotes: tuple[Remote, ...]
    title: str | None = None
    website_url: str | None = None
    meta: dict[str, msgspec.Raw] = msgspec.field(name="_meta", default_factory=dict)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A service that can be connected, or at least named. `id` is the part of the document's name after the slash."""

    id: str
    title: str
    description: str
    version: str
    homepage: str | None
    remote: Remote
    additions: Additions

    @property
    def transport(self) -> Transport:
        return Transport.SSE if self.remote.type == "sse" else Transport.STREAMABLE_HTTP

    @property
    def credential_header(self) -> Header | None:
        """The header that carries the key, where one is known."""
        return next((h for h in self.remote.headers if h.is_secret), None)

    @property
    def auth_options(self) -> tuple[Auth, ...]:
        """The ways to connect, the service's own preference first."""
        options = [option for kind in self.additions.auth.kinds if (option := self._option(kind))]
        return tuple(dict.fromkeys(options))

    @property
    def unavailable_reason(self) -> str | None:
        """Why it cannot be connected with this version; None when it can."""
        if self.auth_options:
            return None
        if self.additions.auth.query_parameter:
            return f"{self.title} wants its key inside the address, which would show it; this is not possible yet."
        return f"How {self.title} wants its key is not known."

    def address(self, given: dict[str, str]) -> str:
        """The URL with its blanks filled in. Raises Invalid with the reason under `variables.<name>`."""
        errors: dict[str, str] = {}
        values = {name: self._value(name, given.get(name), errors) for name in _BLANK.findall(self.remote.url)}
        if errors:
            raise Invalid(f"The address of {self.title} needs something from you.", errors=errors)
        return _BLANK.sub(lambda blank: values[blank[1]], self.remote.url)

    def _value(self, name: str, given: str | None, errors: dict[str, str]) -> str:
        blank = self.remote.variables.get(name, Input())
        value = (given or blank.default or "").strip()
        in_host = f"{{{name}}}" in self.remote.url.partition("://")[2].partition("/")[0]
        if not value:
            errors[f"variables.{name}"] = f"Please fill in: {blank.description or name}."
        elif blank.choices and value not in blank.choices:
            errors[f"variables.{name}"] = f"Choose one of {', '.join(blank.choices)}."
        elif not (_HOST_VALUE if in_host else _PATH_VALUE).fullmatch(value) or ".." in value or "//" in value:
            errors[f"variables.{name}"] = "Only letters, digits, dots and hyphens fit here."
        return value

    def _option(self, kind: str) -> Auth | None:
        header = self.credential_header
        match kind:
            case "none":
                return Auth.NONE
            case "oauth-dcr" | "oauth-cimd" | "oauth-client":
                return Auth.OAUTH
            case "bearer":
                return Auth.BEARER
            case "api-key" if header:
                return Auth.BEARER if header.value == "Bearer {token}" and header.name == "Authorization" else Auth.HEADER
            case _:
                return None


def read_document(raw: bytes) -> Entry:
    """A `server.json` document; unknown fields and foreign `_meta` keys are ignored. Raises Invalid."""
    try:
        document = msgspec.json.decode(raw, type=_Document)
        ours: Any = document.meta.get(OUR_META)
        additions = msgspec.json.decode(ours, type=Additions) if ours else Additions()
    except msgspec.MsgspecError as error:
        raise Invalid(f"This is not a server.json document: {error}") from None
    if not document.remotes:
        raise Invalid(f"{document.name} has no remote server, only packages to run.")
    identifier = document.name.rpartition("/")[2]
    return Entry(
        id=identifier,
        title=document.title or identifier,
        description=document.description,
        version=document.version,
        homepage=document.website_url,
        remote=document.remotes[0],
        additions=additions,
    )
