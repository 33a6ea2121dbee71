"""Dynamic client registration (RFC 7591): anybody may register an app; it is shown as unverified, with where it leads."""

import asyncio
from datetime import timedelta

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.ids import ClientId, new_id
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing
from conducktor.oauth.clients import queries
from conducktor.oauth.clients.client import Client, ClientKind
from conducktor.oauth.clients.names import clean_client_name, clean_homepage
from conducktor.oauth.clients.redirects import why_not_registrable
from conducktor.oauth.protocol import AUTH_METHODS, GRANT_TYPES, Code, OAuthError, TooManyRequests

BODY_MAX_BYTES = 16 * 1024
REDIRECT_URIS_MAX = 10
PER_NETWORK_AND_MINUTE = 60
AT_ONCE = 4  # per process: a flood by anybody must not hold the connections that others need


class ClientMetadata(msgspec.Struct, kw_only=True):
    """The members of RFC 7591 §2 that matter to us; the others are ignored, as §2 allows."""

    redirect_uris: list[str] = []
    client_name: str | None = None
    client_uri: str | None = None
    grant_types: list[str] | None = None
    response_types: list[str] | None = None
    application_type: str | None = None


class RegisteredClient(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 7591 §3.2.1. No secret: whatever method was asked for, the client is public and uses PKCE."""

    client_id: str
    client_id_issued_at: int
    client_name: str
    redirect_uris: list[str]
    grant_types: list[str]
    response_types: list[str]
    token_endpoint_auth_method: str
    client_uri: str | None = None
    application_type: str | None = None


class Registration:
    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def register(self, body: bytes, network: str) -> RegisteredClient:
        """Raises OAuthError."""
        metadata = _read(body)
        now = self._clock()
        client = Client(
            id=ClientId(f"cdk_client_{new_id().hex}"),
            kind=ClientKind.REGISTERED,
            name=clean_client_name(metadata.client_name or "") or "An app without a name",
            redirect_uris=tuple(metadata.redirect_uris),
            homepage=clean_homepage(metadata.client_uri),
        )
        network_digest = self._key_ring.digest("oauth.network", network.encode())
        async with self._turns, self._database.transaction() as tx:
            recent = await queries.registered_since(tx, network_digest, now - timedelta(minutes=1))
            if recent >= PER_NETWORK_AND_MINUTE:
                raise TooManyRequests("Too many registrations from this network.", retry_after_s=60)
            await queries.add_registered(tx, client, network_digest, now)
        return RegisteredClient(
            client_id=client.id,
            client_id_issued_at=int(now.timestamp()),
            client_name=client.name,
            redirect_uris=metadata.redirect_uris,
            grant_types=list(GRANT_TYPES),
            response_types=["code"],
            token_endpoint_auth_method=AUTH_METHODS[0],
            client_uri=client.homepage,
            application_type=metadata.application_type,
        )


def _read(body: bytes) -> ClientMetadata:
    if len(body) > BODY_MAX_BYTES:
        raise OAuthError(Code.INVALID_CLIENT_METADATA, f"The metadata is larger than {BODY_MAX_BYTES} bytes.")
    try:
        metadata = msgspec.json.decode(body, type=ClientMetadata)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OAuthError(
            Code.INVALID_CLIENT_METADATA, "The body must be a JSON object with the members of RFC 7591 section 2."
        ) from None
    check_redirect_uris(metadata.redirect_uris)
    if metadata.grant_types is not None and "authorization_code" not in metadata.grant_types:
        raise OAuthError(Code.INVALID_CLIENT_METADATA, "grant_types must include authorization_code.")
    if metadata.response_types is not None and "code" not in metadata.response_types:
        raise OAuthError(Code.INVALID_CLIENT_METADATA, "response_types must include code.")
    return metadata


def check_redirect_uris(uris: list[str]) -> None:
    """Raises OAuthError."""
    if not 1 <= len(uris) <= REDIRECT_URIS_MAX:
        raise OAuthError(Code.INVALID_REDIRECT_URI, f"Give between 1 and {REDIRECT_URIS_MAX} redirect_uris.")
    for uri in uris:
        if problem := why_not_registrable(uri):
            raise OAuthError(Code.INVALID_REDIRECT_URI, problem)
