"""Client ID metadata documents: the client id is the https URL of a document that describes the client.

draft-ietf-oauth-client-id-metadata-document; the plural `token_endpoint_auth_methods_supported` comes from MCP SEP-3149.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from conducktor.core.errors import ConducktorError
from conducktor.core.ids import ClientId
from conducktor.infra.http_client import HttpClient
from conducktor.oauth.clients.client import Client, ClientKind
from conducktor.oauth.clients.names import clean_client_name, clean_homepage
from conducktor.oauth.clients.registered import check_redirect_uris
from conducktor.oauth.protocol import AUTH_METHODS, OAuthError

DOCUMENT_MAX_BYTES = 64 * 1024
FETCH_DEADLINE_S = 4.0
URL_MAX = 500
FRESH_DEFAULT = timedelta(hours=1)
FRESH_BOUNDS = (timedelta(minutes=1), timedelta(hours=24))
"""A document is looked at again at least daily, and not fetched for every click of a nervous visitor."""


class DocumentUnreachable(Exception):
    """The document could not be read right now; what it said the last time may still hold."""


class DocumentUnusable(Exception):
    """There is no usable document at that address."""


class _Document(msgspec.Struct, kw_only=True):
    client_id: str
    client_name: str
    redirect_uris: list[str]
    client_uri: str | None = None
    grant_types: list[str] | None = None
    response_types: list[str] | None = None
    token_endpoint_auth_method: str | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None


def is_document_url(client_id: str) -> bool:
    """https, a host name (never an address), a path, nothing that two parsers could read differently."""
    if len(client_id) > URL_MAX or not re.fullmatch(r"https://[!-~]+", client_id) or any(c in client_id for c in "\\#@"):
        return False
    try:
        parts = urlsplit(client_id)
        _ = parts.port
    except ValueError:
        return False
    segments = parts.path.split("/")
    return len(parts.path) > 1 and "." not in segments and ".." not in segments and _is_name(parts.hostname or "")


async def fetch(http: HttpClient, url: str, now: datetime) -> tuple[Client, datetime]:
    """The client that the document at `url` describes, and until when to believe it.

    Raises DocumentUnreachable, DocumentUnusable (with what is wrong, for people). No redirects are followed.
    """
    headers = {"Accept": "application/json"}
    try:
        async with http.get(url, headers=headers, deadline_s=FETCH_DEADLINE_S, max_bytes=DOCUMENT_MAX_BYTES) as response:
            if response.status >= 500 or response.status == 429:
                raise DocumentUnreachable(f"The app's description at {url} answered with status {response.status}.")
            if response.status != 200:
                raise DocumentUnusable(f"The app's description at {url} answered with status {response.status}.")
            if not _is_json(response.headers.get("Content-Type", "")):
                raise DocumentUnusable(f"The app's description at {url} is not JSON.")
            body = await response.read()
            return _read(url, body), now + _freshness(response.headers)
    except ConducktorError as error:
        raise DocumentUnreachable(f"The app's description at {url} could not be read: {error.detail}") from None


def _read(url: str, body: bytes) -> Client:
    try:
        document = msgspec.json.decode(body, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise DocumentUnusable(f"The app's description at {url} lacks client_id, client_name or redirect_uris.") from None
    if document.client_id != url:
        raise DocumentUnusable(f"The app's description at {url} is about another client_id.")
    if not _may_be_public(document):
        raise DocumentUnusable(f"The app at {url} cannot be used without a client secret or key, which Conducktor does not take.")
    if document.grant_types is not None and "authorization_code" not in document.grant_types:
        raise DocumentUnusable(f"The app at {url} does not use the authorization code grant.")
    try:
        check_redirect_uris(document.redirect_uris)
    except OAuthError as error:
        raise DocumentUnusable(f"The app's description at {url} is not usable. {error.description}") from None
    return Client(
        id=ClientId(url),
        kind=ClientKind.DOCUMENT,
        name=clean_client_name(document.client_name) or urlsplit(url).hostname or url,
        redirect_uris=tuple(document.redirect_uris),
        homepage=clean_homepage(document.client_uri),
    )


def _may_be_public(document: _Document) -> bool:
    """The plural field decides when it is there: ChatGPT's singular one says private_key_jwt, and `none` works too."""
    if document.token_endpoint_auth_methods_supported is not None:
        return bool(set(document.token_endpoint_auth_methods_supported) & set(AUTH_METHODS))
    return (document.token_endpoint_auth_method or AUTH_METHODS[0]) in AUTH_METHODS


def _freshness(headers: Mapping[str, str]) -> timedelta:
    """RFC 9111 §5.2.2, within bounds."""
    directives = headers.get("Cache-Control", "").lower()
    if "no-store" in directives or "no-cache" in directives:
        return FRESH_BOUNDS[0]
    if found := re.search(r"\bmax-age=\"?(\d{1,9})", directives):
        return min(max(timedelta(seconds=int(found[1])), FRESH_BOUNDS[0]), FRESH_BOUNDS[1])
    return FRESH_DEFAULT


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


def _is_name(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host) is not None
    return False
