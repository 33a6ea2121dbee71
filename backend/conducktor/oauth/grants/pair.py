"""An access token and the refresh token that comes with it."""

from typing import Self

import msgspec

from conducktor.core.ids import AuthorizationId
from conducktor.infra.encryption import KeyRing
from conducktor.oauth.authorization_server import Context, SecretPair
from conducktor.oauth.grants import queries
from conducktor.oauth.protocol import ACCESS_TOKEN_LASTS, REFRESH_TOKEN_LASTS
from conducktor.oauth.secrets import ACCESS_TOKEN, REFRESH_TOKEN


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """The access token may be narrower than the refresh token, which keeps what was granted (RFC 6749 §6)."""

    access_token: str
    refresh_token: str
    access_scopes: tuple[str, ...]
    granted_scopes: tuple[str, ...]
    access_resource: str
    granted_resource: str

    @classmethod
    def new(
        cls, access_scopes: tuple[str, ...], granted_scopes: tuple[str, ...], access_resource: str, granted_resource: str
    ) -> Self:
        return cls(
            access_token=ACCESS_TOKEN.new(),
            refresh_token=REFRESH_TOKEN.new(),
            access_scopes=access_scopes,
            granted_scopes=granted_scopes,
            access_resource=access_resource,
            granted_resource=granted_resource,
        )


def successors(key_ring: KeyRing, refresh_token: str, salt: bytes) -> tuple[str, str]:
    """The access and refresh token that replace `refresh_token`: the same ones each time, for whoever has key ring and salt."""
    return ACCESS_TOKEN.derived(key_ring, refresh_token, salt), REFRESH_TOKEN.derived(key_ring, refresh_token, salt)


def issue(context: Context, authorization_id: AuthorizationId, pair: Pair) -> SecretPair:
    """Store a pair as digests and return it as RFC 6749 §5.1 wants it."""
    queries.add_tokens(
        context.db,
        authorization_id,
        context.now,
        queries.NewToken(
            kind="access",
            digest=ACCESS_TOKEN.digest(context.key_ring, pair.access_token),
            scopes=pair.access_scopes,
            resource=pair.access_resource,
            expires_at=context.now + ACCESS_TOKEN_LASTS,
        ),
        queries.NewToken(
            kind="refresh",
            digest=REFRESH_TOKEN.digest(context.key_ring, pair.refresh_token),
            scopes=pair.granted_scopes,
            resource=pair.granted_resource,
            expires_at=context.now + REFRESH_TOKEN_LASTS,
        ),
    )
    return response(pair.access_token, pair.refresh_token, pair.access_scopes, int(ACCESS_TOKEN_LASTS.total_seconds()))


def response(access_token: str, refresh_token: str, scopes: tuple[str, ...], expires_in_s: int) -> SecretPair:
    return SecretPair(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106 - RFC 6750, not a secret
        expires_in=expires_in_s,
        refresh_token=refresh_token,
        scope=" ".join(scopes),
    )
