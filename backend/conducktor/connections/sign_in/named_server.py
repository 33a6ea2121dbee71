"""The authorization server that the document of a REST service names, instead of one that is discovered from the service."""

from typing import assert_never
from urllib.parse import urljoin, urlsplit

from conducktor.connections.openapi.oauth_scheme import NamedEndpoints, NamedProvider, NamedServer
from conducktor.connections.sign_in.refusal import impossible
from conducktor.connections.sign_in.server import Protection, Server, check_endpoints, described_at, scope_with_offline
from conducktor.infra.http_client import HttpClient


async def named_protection(http: HttpClient, name: str, url: str, named: NamedServer | None) -> Protection:
    """Relative addresses are below `url`, the service's own. Raises SignInImpossible, with the reason in plain words.

    Documents cannot say whether a server knows PKCE; it is always asked with, and who does not know it passes over it.
    """
    match named:
        case None:
            raise impossible(name, "its document names no OAuth sign-in for people.")
        case NamedEndpoints():
            server = _endpoints(name, url, named)
            scope = " ".join(named.scopes) or None
        case NamedProvider():
            server = await described_at(http, name, _absolute(name, url, named.discovery_url))
            scope = scope_with_offline(["openid", *named.scopes], server)
        case _:
            assert_never(named)
    check_endpoints(http, name, server, is_plain=urlsplit(url).scheme == "http")
    return Protection(server=server, resource=None, scope=scope)


def _endpoints(name: str, url: str, named: NamedEndpoints) -> Server:
    refresh = _absolute(name, url, named.refresh_url) if named.refresh_url else None
    token = _absolute(name, url, named.token_url)
    return Server(
        issuer=None,
        authorization_endpoint=_absolute(name, url, named.authorization_url),
        token_endpoint=token,
        refresh_endpoint=refresh if refresh != token else None,
        token_endpoint_auth_methods_supported=(),
    )


def _absolute(name: str, url: str, written: str) -> str:
    try:
        return urljoin(url, written)
    except ValueError:
        raise impossible(name, "its document names an address that is none.") from None
