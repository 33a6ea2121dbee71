"""A client as the rest of the slice sees it, wherever it came from."""

from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from conducktor.core.ids import ClientId
from conducktor.oauth.clients.redirects import is_loopback, redirect_host, redirects_match

KNOWN_HOSTS = ("chatgpt.com", "openai.com")
"""Whoever controls a document there is OpenAI."""


class ClientKind(StrEnum):
    STATIC = "static"
    REGISTERED = "registered"
    DOCUMENT = "document"
    CUSTOM = "custom"


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A public client (PKCE, no secret). `redirect_patterns` are full-match expressions, for the static client only."""

    id: ClientId
    kind: ClientKind
    name: str
    redirect_uris: tuple[str, ...]
    redirect_patterns: tuple[str, ...] = ()
    homepage: str | None = None

    def allows(self, redirect_uri: str) -> bool:
        return redirects_match(self.redirect_uris, self.redirect_patterns, redirect_uri)


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    """A client as people see it. `redirect_host` is where the person is sent afterwards; `verified`: the name is proven."""

    id: str
    name: str
    kind: ClientKind
    verified: bool
    redirect_host: str
    is_loopback: bool
    homepage: str | None


def view(client_id: str, kind: ClientKind, name: str, redirect_uri: str, homepage: str | None) -> ClientView:
    return ClientView(
        id=client_id,
        name=name,
        kind=kind,
        verified=is_verified(client_id, kind),
        redirect_host=redirect_host(redirect_uri),
        is_loopback=is_loopback(redirect_uri),
        homepage=homepage,
    )


def is_verified(client_id: str, kind: ClientKind) -> bool:
    """Whether the name is more than a claim: ours, or from a document on a host that we know."""
    match kind:
        case ClientKind.STATIC | ClientKind.CUSTOM:
            return True
        case ClientKind.DOCUMENT:
            host = urlsplit(client_id).hostname or ""
            return any(host == known or host.endswith(f".{known}") for known in KNOWN_HOSTS)
        case ClientKind.REGISTERED:
            return False
