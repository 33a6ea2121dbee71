"""The authorization code grant (RFC 6749 §4.1): a person's yes becomes a code, and the code a pair of tokens."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, OAuth2Error, grants

from conducktor.core.ids import AuthorizationId
from conducktor.oauth import resources
from conducktor.oauth.authorization_server import Approval, SecretPair, ServerRequest
from conducktor.oauth.grants import queries
from conducktor.oauth.grants.pair import Pair, issue
from conducktor.oauth.protocol import CODE_LASTS, REFRESH_TOKEN_LASTS, Code
from conducktor.oauth.secrets import CODE

MAX_LIVE = 5
"""Authorizations of one person, client, workspace and resource that live side by side (two ChatGPT accounts, one client id)."""


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """authlib checks client, redirect URI and PKCE; single use, lifetime, resource and what is issued are ours."""

    request: ServerRequest

    def generate_authorization_code(self) -> str:
        return CODE.new()

    def save_authorization_code(self, code: str, request: ServerRequest) -> None:
        context, approval, asked = request.context, request.user, request.payload.data
        assert isinstance(approval, Approval)
        queries.add_code(
            context.db,
            code_digest=CODE.digest(context.key_ring, code),
            workspace_id=approval.workspace_id,
            user_id=approval.user_id,
            client_id=context.client.id,
            client_name=context.client.name,
            client_kind=context.client.kind.value,
            redirect_uri=asked["redirect_uri"],
            scopes=list(approval.scopes),
            resource=asked["resource"],
            code_challenge=asked["code_challenge"],
            expires_at=context.now + CODE_LASTS,
        )

    def query_authorization_code(self, code: str, client: Any) -> "RedeemableCode | None":
        context = self.request.context
        found = queries.lock_code(context.db, CODE.digest(context.key_ring, code), client.client_id)
        if found is None:
            return None
        if found.used_at is not None:
            # Somebody has it twice: whoever redeemed it first may be the thief. RFC 6749 §4.1.2.
            if found.authorization_id:
                ended = queries.revoke(context.db, found.authorization_id, "replay", context.now)
                context.revoked += [(end, "replay") for end in ended]
            return None
        return RedeemableCode(found) if found.expires_at > context.now else None

    def authenticate_user(self, authorization_code: "RedeemableCode") -> "queries.IssuedCode | None":
        """The membership that the code was given for, held until the tokens are stored."""
        code = authorization_code.issued
        return code if queries.lock_member(self.request.context.db, code.workspace_id, code.user_id) else None

    def generate_token(self, **_: Any) -> SecretPair:
        """Made together with its rows, by `create_token_response` → `authenticate_user` → here."""
        context = self.request.context
        code: queries.IssuedCode = self.request.user
        resource = narrowed(self.request, code.resource, Code.INVALID_GRANT)
        self._authorization_id = self._authorize(code)
        pair = Pair.new(code.scopes, code.scopes, resource, code.resource)
        return issue(context, self._authorization_id, pair)

    def save_token(self, token: SecretPair) -> None:
        """They are stored already."""

    def delete_authorization_code(self, authorization_code: "RedeemableCode") -> None:
        """It stays, marked, so that a replay is recognised."""
        context = self.request.context
        queries.mark_code_used(context.db, authorization_code.issued, self._authorization_id, context.now)

    def _authorize(self, code: queries.IssuedCode) -> AuthorizationId:
        context = self.request.context
        authorization_id = queries.add_authorization(context.db, code, context.now, context.now + REFRESH_TOKEN_LASTS)
        context.changed.append(queries.Ended(code.workspace_id, authorization_id))
        context.changed += queries.replace_surplus(context.db, code, MAX_LIVE, context.now)
        return authorization_id


class RedeemableCode:
    """An unused, unexpired code of this client, as authlib wants to be asked about it."""

    def __init__(self, issued: queries.IssuedCode) -> None:
        self.issued = issued
        self.code_challenge = issued.code_challenge

    def get_redirect_uri(self) -> str:
        return self.issued.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.issued.scopes)


def narrowed(request: ServerRequest, granted: str, refusal: Code) -> str:
    """The resource that the new access token is for: the granted one, or the part of it that was asked for. RFC 8707 §2.2.

    Raises OAuth2Error: `invalid_target` for what is not ours, `refusal` for what is ours but was not granted.
    """
    asked = [resource for resource in request.payload.datalist.get("resource", []) if resource]
    if not asked:
        return granted
    found = {resources.canonical(request.context.settings, resource) for resource in asked}
    if len(found) != 1 or None in found:
        raise OAuth2Error(error=Code.INVALID_TARGET.value, description="The resource must be one of this server, and only one.")
    resource = found.pop()
    assert resource is not None
    if not resources.covers(granted, resource):
        raise (
            InvalidGrantError("This grant is for another resource.")
            if refusal is Code.INVALID_GRANT
            else OAuth2Error(error=refusal.value, description="This grant is for another resource.")
        )
    return resource
