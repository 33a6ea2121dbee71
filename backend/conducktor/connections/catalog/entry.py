"""One service of the catalogue: an official `server.json` document, and what we know besides."""

import re
from enum import StrEnum

import msgspec

from conducktor.connections.catalog.document import Document, Header, Input, Remote, additions_of
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.states import Auth
from conducktor.core.errors import Invalid

_HOST_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_PATH_VALUE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._~/-]{0,252}[A-Za-z0-9_])?")


class Needs(StrEnum):
    """What a person must bring to connect a service."""

    NOTHING = "nothing"
    SIGN_IN = "sign_in"
    """An account there: Conducktor introduces itself."""
    CLIENT = "client"
    """An app that somebody registers there first."""
    KEY = "key"
    UNKNOWN = "unknown"
    """The document does not say; it is found out on connecting."""


class Origin(StrEnum):
    SHIPPED = "shipped"
    SANDBOX = "sandbox"
    LOCAL = "local"
    """A program that this installation runs."""
    OPERATOR = "operator"
    IMPORTED = "imported"


class ServiceAuth(msgspec.Struct, frozen=True, rename="camel"):
    """`type` and `alternatives`: `oauth-dcr`, `oauth-cimd`, `oauth-client`, `api-key`, `bearer`, `none`. A hint only.

    `basis` is where it is known from: `documented-or-probed`, `vendor-source-unspecific`, `list-label` or `assumed`.
    """

    type: str | None = None
    alternatives: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    verified: bool = False
    basis: str | None = None
    query_parameter: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        return (*([self.type] if self.type else ()), *self.alternatives)


class Additions(msgspec.Struct, frozen=True, rename="camel"):
    """What we know beyond the official schema. `confidence` is `high` or `medium`; `address_notes` go with `remotes`."""

    category: str = "Other"
    official: bool = False
    auth: ServiceAuth = ServiceAuth()
    confidence: str = "high"
    docs: str | None = None
    notes: str | None = None
    suggested_name: str | None = None
    address_notes: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A service that can be connected, or at least named. `source` is where an imported one came from."""

    id: str
    title: str
    description: str
    version: str
    homepage: str | None
    remotes: tuple[Remote, ...]
    additions: Additions
    origin: Origin = Origin.SHIPPED
    source: str | None = None
    imported_by: str | None = None

    @property
    def remote(self) -> Remote:
        return self.remotes[0]

    @property
    def credential_header(self) -> Header | None:
        """The header that carries the key, where one is known."""
        return next((h for h in self.remote.headers if h.carries_key), None)

    @property
    def auth_options(self) -> tuple[Auth, ...]:
        """The ways to connect, the service's own preference first."""
        kinds = self.additions.auth.kinds or self._kinds_of_document()
        return tuple(dict.fromkeys(option for kind in kinds if (option := self._option(kind))))

    @property
    def needs(self) -> Needs:
        """By the easiest of its ways that asks nothing of an admin, else by its preferred one."""
        auth = self.additions.auth
        if not auth.kinds:
            return Needs.KEY if self.credential_header else Needs.UNKNOWN
        if "none" in auth.kinds:
            return Needs.NOTHING
        if {"oauth-dcr", "oauth-cimd"} & set(auth.kinds):
            return Needs.SIGN_IN
        return Needs.CLIENT if auth.type == "oauth-client" else Needs.KEY

    @property
    def doubts(self) -> tuple[str, ...]:
        """What nobody has confirmed about it, in plain words."""
        if self.origin is not Origin.SHIPPED:
            return ()
        basis = _BASIS.get(self.additions.auth.basis or "") if not self.additions.auth.verified else None
        sources = None if self.additions.confidence == "high" else "Only few sources name this address."
        return tuple(doubt for doubt in (sources, basis) if doubt)

    @property
    def unavailable_reason(self) -> str | None:
        """Why it cannot be connected with this version; None when it can."""
        return None if self.auth_options else f"How {self.title} wants its key is not known."

    def key_name(self, auth: Auth) -> str | None:
        """The header or query parameter that carries the key."""
        if auth is Auth.QUERY:
            return self.additions.auth.query_parameter
        return self.credential_header.name if self.credential_header else None

    def transport_of(self, remote: int) -> Transport:
        if self.origin is Origin.LOCAL:
            return Transport.STDIO
        return Transport.SSE if self.remotes[remote].type == "sse" else Transport.STREAMABLE_HTTP

    def address(self, given: dict[str, str], remote: int = 0) -> str:
        """One of its addresses with the blanks filled in. Raises Invalid with the reason under `remote`, `variables.<name>`."""
        if not 0 <= remote < len(self.remotes):
            raise Invalid(f"{self.title} has no such address.", errors={"remote": "Choose one of the addresses of this service."})
        errors: dict[str, str] = {}
        chosen = self.remotes[remote]
        values = {name: _value(chosen, name, given.get(name), errors) for name in chosen.blanks}
        if errors:
            raise Invalid(f"The address of {self.title} needs something from you.", errors=errors)
        return chosen.filled(values)

    def _kinds_of_document(self) -> tuple[str, ...]:
        """The official schema has no word for signing in: a header that carries a secret says key, silence anything else."""
        return ("api-key",) if self.credential_header else ("none", "oauth-dcr")

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
                return _header_option(header)
            case "api-key" if self.additions.auth.query_parameter:
                return Auth.QUERY
            case _:
                return None


_BASIS = {
    "assumed": "How it signs people in is assumed; nobody has confirmed it.",
    "list-label": "How it signs people in comes from a public list only.",
    "vendor-source-unspecific": "Its maker publishes the address, but not how it signs people in.",
}


def entry_of(document: Document, identifier: str, origin: Origin = Origin.SHIPPED) -> Entry:
    """Raises Invalid when what stands under our `_meta` key is not what belongs there."""
    return Entry(
        id=identifier,
        title=document.title or document.name.rpartition("/")[2],
        description=document.description,
        version=document.version,
        homepage=document.website_url,
        remotes=document.remotes,
        additions=additions_of(document, Additions),
        origin=origin,
    )


def _header_option(header: Header) -> Auth:
    template = header.value or ""
    if header.name.lower() != "authorization":
        return Auth.HEADER
    if re.fullmatch(r"Bearer \{\w+\}", template):
        return Auth.BEARER
    return Auth.BASIC if re.fullmatch(r"Basic \{\w+\}", template) else Auth.HEADER


def _value(remote: Remote, name: str, given: str | None, errors: dict[str, str]) -> str:
    blank = remote.variables.get(name, Input())
    value = (given or blank.default or "").strip()
    in_host = f"{{{name}}}" in remote.url.partition("://")[2].partition("/")[0]
    if not value:
        errors[f"variables.{name}"] = f"Please fill in: {blank.description or name}."
    elif blank.choices and value not in blank.choices:
        errors[f"variables.{name}"] = f"Choose one of {', '.join(blank.choices)}."
    elif not (_HOST_VALUE if in_host else _PATH_VALUE).fullmatch(value) or ".." in value or "//" in value:
        errors[f"variables.{name}"] = "Only letters, digits, dots and hyphens fit here."
    return value
