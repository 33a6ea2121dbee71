"""The refresh token grant (RFC 6749 §6), with rotation and reuse detection (OAuth 2.1 §4.3.1).

A refresh token is replaced when it is used. Its successor and the access token beside it are derived from it, a stored salt
and the key ring. So the same refresh token sent again within `REFRESH_GRACE` (a lost answer, racing processes) yields the
very same pair, although only digests are stored, and a family never has more than one live refresh token. Once the
successor was used the salt is gone. Then, and after the grace, a replaced token is a stolen one: the family is revoked.
"""

import secrets
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, grants

from conducktor.oauth.authorization_server import SecretPair, ServerRequest
from conducktor.oauth.grants import queries
from conducktor.oauth.grants.authorization_code import narrowed
from conducktor.oauth.grants.pair import Pair, issue, response, successors
from conducktor.oauth.protocol import REFRESH_GRACE, REFRESH_TOKEN_LASTS, Code
from conducktor.oauth.scopes import OFFLINE_ACCESS, in_order
from conducktor.oauth.secrets import ACCESS_TOKEN, REFRESH_TOKEN

SALT_BYTES = 32


class RefreshTokenGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """authlib checks the request; rotation, grace, reuse and narrowing are ours."""

    request: ServerRequest

    def authenticate_refresh_token(self, refresh_token: str) -> "HeldToken | None":
        context = self.request.context
        held = queries.lock_refresh_token(context.db, REFRESH_TOKEN.digest(context.key_ring, refresh_token), context.client.id)
        if held is None or held.expires_at <= context.now:
            return None
        if held.rotated_at is None:
            return HeldToken(held)
        if held.successor_salt is not None and context.now - held.rotated_at <= REFRESH_GRACE:
            return HeldToken(held)
        ended = queries.revoke(context.db, held.authorization_id, "reuse", context.now)
        context.revoked += [(end, "reuse") for end in ended]
        return None

    def authenticate_user(self, refresh_token: "HeldToken") -> "HeldToken":
        return refresh_token  # lives exactly as long as its authorization, and that as long as the membership

    def issue_token(self, user: "HeldToken", refresh_token: "HeldToken") -> SecretPair:
        held, presented = refresh_token.held, self.request.form["refresh_token"]
        resource = narrowed(self.request, held.resource, Code.INVALID_TARGET)
        if held.rotated_at is not None and held.successor_salt is not None:
            return self._same_pair_again(presented, held.successor_salt)
        context, salt = self.request.context, secrets.token_bytes(SALT_BYTES)
        access_token, successor = successors(context.key_ring, presented, salt)
        # Token rows before the authorization's row, here and where a family is revoked: otherwise the two could deadlock.
        queries.rotate(context.db, held, salt, context.now)
        queries.extend(context.db, held.authorization_id, context.now + REFRESH_TOKEN_LASTS)
        pair = Pair(
            access_token=access_token,
            refresh_token=successor,
            access_scopes=self._asked_scopes() or held.scopes,
            granted_scopes=held.scopes,
            access_resource=resource,
            granted_resource=held.resource,
        )
        return issue(context, held.authorization_id, pair)

    def save_token(self, token: SecretPair) -> None:
        """They are stored already."""

    def revoke_old_credential(self, refresh_token: "HeldToken") -> None:
        """It was rotated when its successor was made."""

    def _validate_token_scope(self, token: "HeldToken") -> None:
        asked = self._asked_words()
        if not asked <= set(token.held.scopes):
            raise InvalidScopeError("A refresh cannot widen what the person granted.")

    def _same_pair_again(self, presented: str, salt: bytes) -> SecretPair:
        context = self.request.context
        access_token, successor = successors(context.key_ring, presented, salt)
        stored = queries.access_token(context.db, ACCESS_TOKEN.digest(context.key_ring, access_token))
        if stored is None:
            raise InvalidRequestError("The access token of this refresh was revoked. Use the newer refresh token.")
        return response(access_token, successor, stored.scopes, int((stored.expires_at - context.now).total_seconds()))

    def _asked_words(self) -> set[str]:
        return set((self.request.payload.scope or "").split()) - {OFFLINE_ACCESS}

    def _asked_scopes(self) -> tuple[str, ...]:
        return tuple(scope.value for scope in in_order(self._asked_words()))


class HeldToken:
    """A refresh token that may be used, as authlib wants to be asked about it."""

    def __init__(self, held: queries.HeldRefreshToken) -> None:
        self.held = held

    def check_client(self, client: Any) -> bool:
        return True  # it was looked up together with its client

    def get_scope(self) -> str:
        return " ".join(self.held.scopes)
