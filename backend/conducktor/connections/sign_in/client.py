"""Who we are at an authorization server: the client an admin gave us, our own document, or one registered on the spot."""

from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.sign_in.refusal import NeedsClient, SignInImpossible, impossible
from conducktor.connections.sign_in.server import Server
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import HttpClient

CLIENT_NAME = "Conducktor"
CALLBACK_PATH = "/oauth/connections/callback"
DOCUMENT_PATH = "/oauth/connections/client.json"
REGISTRATION_DEADLINE_S = 10.0
ANSWER_MAX_BYTES = 256 * 1024


class ClientKind(StrEnum):
    GIVEN = "given"
    DOCUMENT = "document"
    REGISTERED = "registered"


class TokenAuth(StrEnum):
    """How a client shows itself at the token endpoint. RFC 6749 §2.3."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"


class OwnClient(msgspec.Struct, frozen=True, kw_only=True):
    """`issuer` is the identity of the server that knows it; None for one that was given and has not been used."""

    kind: ClientKind
    id: str
    secret: str | None = None
    token_auth: TokenAuth = TokenAuth.NONE
    issuer: str | None = None
    redirect_uri: str = ""


class ClientDocument(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 7591 client metadata; with `client_id` it is our document (draft-ietf-oauth-client-id-metadata-document)."""

    client_name: str
    client_uri: str
    redirect_uris: tuple[str, ...]
    token_endpoint_auth_method: str
    client_id: str | msgspec.UnsetType = msgspec.UNSET
    application_type: str = "web"
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    response_types: tuple[str, ...] = ("code",)
    scope: str | msgspec.UnsetType = msgspec.UNSET


class _Registered(msgspec.Struct):
    client_id: str
    client_secret: str | None = None
    token_endpoint_auth_method: str | None = None


def redirect_uri(origin: str) -> str:
    return origin + CALLBACK_PATH


def own_document(origin: str) -> ClientDocument:
    """What our public URL `DOCUMENT_PATH` answers."""
    return msgspec.structs.replace(_metadata(origin, TokenAuth.NONE), client_id=origin + DOCUMENT_PATH)


async def client_for(
    http: HttpClient, name: str, server: Server, known: OwnClient | None, *, origin: str, scope: str | None
) -> OwnClient:
    """The client to use at `server`, in MCP's order. Raises NeedsClient, SignInImpossible."""
    if known and known.kind is ClientKind.GIVEN:
        return _given(name, server, known)
    if server.client_id_metadata_document_supported and urlsplit(origin).scheme == "https":
        return OwnClient(
            kind=ClientKind.DOCUMENT, id=origin + DOCUMENT_PATH, issuer=server.identity, redirect_uri=redirect_uri(origin)
        )
    if known and (known.kind, known.issuer, known.redirect_uri) == (ClientKind.REGISTERED, server.identity, redirect_uri(origin)):
        return known
    if server.registration_endpoint is None:
        raise NeedsClient(
            f"{server.host} lets only apps sign in that were registered there, and takes no registration.",
            next_step=f"Register an app there with the redirect URI {redirect_uri(origin)} and enter its client ID in the "
            "connection's settings; or choose a key, if the service gives out keys.",
            redirect_uri=redirect_uri(origin),
        )
    return await _register(http, name, server, origin, scope)


def _given(name: str, server: Server, known: OwnClient) -> OwnClient:
    """Bound to the first server it is used at: its secret is never shown to another one."""
    if known.issuer not in (None, server.identity):
        raise SignInImpossible(
            f"Nobody can sign in to {name}: it now names another authorization server ({server.host}) than the one its client ID "
            "was entered for.",
            next_step=f"If that is meant, enter the client ID that {server.host} gave you in the connection's settings. Else ask "
            "those who run the service.",
            connection=name,
        )
    return msgspec.structs.replace(known, issuer=server.identity, token_auth=_token_auth(server, has_secret=bool(known.secret)))


def shown_otherwise(server: Server, client: OwnClient) -> OwnClient | None:
    """For a server that did not say how it wants the secret, and refused it in the header, which all have to take."""
    is_known = bool(server.token_endpoint_auth_methods_supported) or client.token_auth is not TokenAuth.BASIC
    return None if is_known else msgspec.structs.replace(client, token_auth=TokenAuth.POST)


async def _register(http: HttpClient, name: str, server: Server, origin: str, scope: str | None) -> OwnClient:
    """RFC 7591. What is answered beside id, secret and method is not believed."""
    wanted = _metadata(origin, _token_auth(server, has_secret="none" not in server.token_endpoint_auth_methods_supported))
    body = msgspec.json.encode(msgspec.structs.replace(wanted, scope=scope) if scope else wanted)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        async with http.post(
            server.registration_endpoint or "",
            headers=headers,
            body=body,
            deadline_s=REGISTRATION_DEADLINE_S,
            max_bytes=ANSWER_MAX_BYTES,
        ) as response:
            if response.status not in (200, 201):
                raise impossible(name, f"its authorization server refused to register Conducktor ({response.status}).")
            made = msgspec.json.decode(await response.read(), type=_Registered)
            method = TokenAuth(made.token_endpoint_auth_method or wanted.token_endpoint_auth_method)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        raise impossible(name, "its authorization server answered the registration with something else.") from None
    except SignInImpossible:
        raise
    except ConducktorError as error:
        raise impossible(name, f"Conducktor could not be registered. {error.detail}") from None
    return OwnClient(
        kind=ClientKind.REGISTERED,
        id=made.client_id,
        secret=made.client_secret,
        token_auth=method if made.client_secret else TokenAuth.NONE,
        issuer=server.identity,
        redirect_uri=redirect_uri(origin),
    )


def _metadata(origin: str, token_auth: TokenAuth) -> ClientDocument:
    return ClientDocument(
        client_name=CLIENT_NAME,
        client_uri=origin,
        redirect_uris=(redirect_uri(origin),),
        token_endpoint_auth_method=token_auth.value,
    )


def _token_auth(server: Server, *, has_secret: bool) -> TokenAuth:
    if not has_secret:
        return TokenAuth.NONE
    offered = server.token_endpoint_auth_methods_supported
    return TokenAuth.POST if "client_secret_basic" not in offered and "client_secret_post" in offered else TokenAuth.BASIC
