"""What comes of a sign-in that went well: the workspace's credential of a connection, or somebody's own account there."""

import msgspec
import structlog

from conducktor.connections import queries
from conducktor.connections.alteration import pending
from conducktor.connections.connection import Connection
from conducktor.connections.credential import seal
from conducktor.connections.own_accounts import account as own_accounts
from conducktor.connections.own_accounts.account import OwnAccount
from conducktor.connections.own_accounts.keep import keep
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.connections.sign_in.grant import Attempt, Grant, Journey, grant_seal, sealed
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.refusal import Result
from conducktor.connections.sign_in.tokens import Tokens
from conducktor.connections.states import Auth, ConnectionState
from conducktor.core.actor import Actor
from conducktor.core.ids import new_id
from conducktor.infra.database import Change

log = structlog.get_logger()


class SignedIn(msgspec.Struct, frozen=True):
    """What the audit keeps of a sign-in. `issuer`: or the token endpoint, where none is known."""

    name: str
    issuer: str


class Arrivals:
    """Each in one transaction, with its entry in the audit."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    async def keep(self, actor: Actor, attempt: Attempt, journey: Journey, tokens: Tokens) -> Result:
        """The workspace's credential from now on, unless the connection changed meanwhile."""
        now = self._keeping.clock()
        async with self._keeping.database.transaction() as tx:
            before = await queries.lock(tx, attempt.workspace_id, attempt.connection_id)
            if before is None or before.url != journey.url or before.auth not in (Auth.NONE, Auth.OAUTH):
                return Result.CHANGED
            grant_sealed = sealed(self._keeping.key_ring, _grant(journey, tokens), grant_seal(before.id))
            await sign_ins.put_grant(tx, before.workspace_id, before.id, grant_sealed, (actor.user_id, actor.user_name, now))
            after = _signed_in(before, seal(self._keeping.key_ring, before.id, tokens.access_token))
            after = msgspec.structs.replace(
                after if before.state is ConnectionState.DISABLED else pending(after, now),
                renew_after=tokens.renew_after(now) if tokens.refresh_token else None,
                updated_at=now,
                wanted_scope=None,
            )
            await queries.save(tx, before.workspace_id, after)
            await self._keeping.audit.record_operation(
                tx, actor, "connections.finish_sign_in", SignedIn(before.name, journey.server.called)
            )
            await tx.announce(Change(topic="connections", workspace_id=before.workspace_id, id=str(before.id)))
        log.info("sign_in.done", connection=str(attempt.connection_id), workspace=str(attempt.workspace_id))
        return Result.DONE

    async def keep_own(self, actor: Actor, attempt: Attempt, journey: Journey, tokens: Tokens) -> Result:
        """Nothing of the connection changes, and nobody else's account."""
        key_ring, now, account_id = self._keeping.key_ring, self._keeping.clock(), new_id()
        async with self._keeping.database.transaction() as tx:
            connection = await queries.lock(tx, attempt.workspace_id, attempt.connection_id)
            if connection is None or connection.url != journey.url or not has_own_sign_ins(connection):
                return Result.CHANGED
            account = OwnAccount(
                id=account_id,
                workspace_id=attempt.workspace_id,
                connection_id=connection.id,
                user_id=actor.user_id,
                secret_sealed=key_ring.seal(tokens.access_token.encode(), bound_to=own_accounts.secret_seal(account_id)),
                grant_sealed=sealed(key_ring, _grant(journey, tokens), own_accounts.grant_seal(account_id)),
                renew_after=tokens.renew_after(now) if tokens.refresh_token else None,
                version=0,
                claim=0,
                signed_in_at=now,
            )
            await keep(tx, account)
            signed_in = SignedIn(connection.name, journey.server.called)
            await self._keeping.audit.record_operation(tx, actor, "connections.finish_own_sign_in", signed_in)
        log.info("own_account.signed_in", connection=str(attempt.connection_id), workspace=str(attempt.workspace_id))
        return Result.DONE


def has_own_sign_ins(connection: Connection) -> bool:
    return connection.auth is Auth.OAUTH and bool(connection.personal_for)


def _grant(journey: Journey, tokens: Tokens) -> Grant:
    return Grant(
        server=journey.server,
        client=journey.client,
        resource=journey.resource,
        refresh_token=tokens.refresh_token,
        scope=journey.scope,
    )


def _signed_in(before: Connection, credential: bytes) -> Connection:
    return msgspec.structs.replace(
        before, auth=Auth.OAUTH, header_name=None, credential_sealed=credential, revision=before.revision + 1, failures_in_row=0
    )
