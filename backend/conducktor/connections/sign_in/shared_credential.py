"""The workspace's credential of a connection, as far as refreshing it goes: token and state in its row, the grant beside it."""

import msgspec
import structlog

from conducktor.connections import outcome, queries
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of, seal
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.connections.sign_in.grant import Grant, SignInRecord, grant_seal, sealed
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.refreshing import LEASE, TRY_AGAIN_AFTER, Claimed, Settled, Stored
from conducktor.connections.sign_in.tokens import Tokens
from conducktor.connections.states import Auth, ConnectionState
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change, Transaction

log = structlog.get_logger()

ENDED = "connections.sign_in_ended"
"""The deed in the audit."""


class SharedCredential:
    """`used` is the endpoint with the credential that is to be replaced."""

    def __init__(self, keeping: Keeping, workspace_id: WorkspaceId, used: Endpoint) -> None:
        self._keeping = keeping
        self._database = keeping.database
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._workspace_id = workspace_id
        self._used = used
        self._claimed: tuple[Connection, SignInRecord] | None = None

    @property
    def key(self) -> ConnectionId:
        return self._used.connection_id

    @property
    def name(self) -> str:
        return self._used.name

    async def claim(self) -> Settled[Connection] | Claimed | None:
        async with self._database.transaction() as tx:
            connection = await queries.get_by_id(tx, self._workspace_id, self._used.connection_id)
            if connection is None or connection.auth is not Auth.OAUTH or connection.credential_sealed is None:
                return Settled(connection)
            if endpoint_of(connection, self._key_ring).headers != self._used.headers:
                return Settled(connection)
            record = await sign_ins.get(tx, self._workspace_id, connection.id)
            if record is None or record.grant_sealed is None:
                return Settled(connection)
            claimed = await sign_ins.claim(tx, self._workspace_id, connection.id, self._clock(), LEASE)
            if claimed is None:
                return None
            self._claimed = connection, claimed
            return Claimed(claimed.grant(self._key_ring))

    async def store(self, grant: Grant, tokens: Tokens) -> Stored[Connection]:
        connection, record = self._held()
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, connection.workspace_id, connection.id)
            sealed_grant = sealed(self._key_ring, grant, grant_seal(connection.id))
            if current is None or not await sign_ins.renew(tx, record, sealed_grant):
                return Stored(current, is_kept=False)
            after = msgspec.structs.replace(
                current,
                credential_sealed=seal(self._key_ring, current.id, tokens.access_token),
                renew_after=tokens.renew_after(self._clock()),
            )
            await _save(tx, after)
        log.info("sign_in.renewed", connection=str(connection.id), rotated=tokens.refresh_token is not None)
        return Stored(after, is_kept=True)

    async def end(self) -> Connection | None:
        """Nothing but this connection's credential is touched."""
        connection, record = self._held()
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, connection.workspace_id, connection.id)
            if current is None or not await sign_ins.end(tx, record):
                return current
            after = outcome.after_failure(current, outcome.NEEDS_SIGN_IN, self._clock(), 0.5)
            if current.state is ConnectionState.DISABLED:
                after = current
            after = msgspec.structs.replace(after, credential_sealed=None, renew_after=None)
            await _save(tx, after)
            whose = record.signed_in_by, record.signed_in_by_name or ""
            await self._keeping.record_end(tx, current.workspace_id, ENDED, connection=current.name, whose=whose)
        log.warning("sign_in.ended", connection=str(connection.id), workspace=str(connection.workspace_id))
        return after

    async def postpone(self) -> Connection | None:
        """The old token may still be good: use it on, and ask again a little later."""
        connection, record = self._held()
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, connection.workspace_id, connection.id)
            await sign_ins.release(tx, record)
            if current is None or current.credential_sealed != connection.credential_sealed:
                return current
            after = current
            if current.renew_after is not None:
                after = msgspec.structs.replace(current, renew_after=self._clock() + TRY_AGAIN_AFTER)
                await _save(tx, after)
        return after

    def _held(self) -> tuple[Connection, SignInRecord]:
        assert self._claimed is not None, "claim() comes first"
        return self._claimed


async def _save(tx: Transaction, connection: Connection) -> None:
    await queries.save(tx, connection.workspace_id, connection)
    await tx.announce(Change(topic="connections", workspace_id=connection.workspace_id, id=str(connection.id)))
