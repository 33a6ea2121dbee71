"""The revocation endpoint (RFC 7009). A refresh token takes its whole family along; an access token goes alone."""

from functools import partial

import structlog

from conducktor.audit.writer import AuditWriter
from conducktor.core.clock import Clock
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing
from conducktor.oauth import queries
from conducktor.oauth.clients.directory import Clients
from conducktor.oauth.grants.queries import Ended, Session, in_session, lock_refresh_token, revoke, revoke_token
from conducktor.oauth.protocol import Code, OAuthError, Pairs, single_values
from conducktor.oauth.secrets import ACCESS_TOKEN, REFRESH_TOKEN
from conducktor.oauth.token import AuthorizationEnded, find_client

log = structlog.get_logger()


class RevocationEndpoint:
    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock, clients: Clients, audit: AuditWriter) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._clients = clients
        self._audit = audit

    async def revoke(self, pairs: Pairs, authorization: str | None) -> None:
        """Raises OAuthError. Unknown tokens and other clients' are no error and stay as they are (§2.2)."""
        given = single_values(pairs)
        client = await find_client(self._clients, given, authorization)
        if "token" not in given:
            raise OAuthError(Code.INVALID_REQUEST, "token is missing.")
        async with self._database.transaction() as tx:
            families, ended = await in_session(tx, partial(self._end, given["token"], client.id))
            for end in [*families, *ended]:
                await tx.announce(Change(topic="authorizations", workspace_id=end.workspace_id, id=str(end.authorization_id)))
            for end in families:
                log.info("authorization.revoked", authorization=str(end.authorization_id), reason="client")
                if actor := await queries.actor(tx, end.authorization_id):
                    entry = AuthorizationEnded(authorization_id=str(end.authorization_id), reason="client")
                    await self._audit.record_operation(tx, actor, "authorizations.revoke", entry)

    def _end(self, token: str, client_id: str, session: Session) -> tuple[list[Ended], list[Ended]]:
        """Families that ended, and authorizations of which only an access token did. `token_type_hint` is not needed."""
        now = self._clock()
        held = lock_refresh_token(session, REFRESH_TOKEN.digest(self._key_ring, token), client_id)
        if held is not None:
            return revoke(session, held.authorization_id, "client", now), []
        alone = revoke_token(session, client_id, ACCESS_TOKEN.digest(self._key_ring, token), now)
        return [], [alone] if alone else []
