"""Keeping access tokens alive: renewed ahead of their end by whoever needs one, one refresh at a time over all processes.

A process that dies in between leaves a claim that ends by itself. The next one refreshes with what is stored: a server that
rotated it meanwhile refuses, and the connection then waits for somebody to sign in. Nothing is tried in a loop.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import msgspec
import structlog

from conducktor.connections import outcome, queries
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of, seal
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.connections.sign_in.grant import Grant, SignInRecord, grant_seal, sealed
from conducktor.connections.sign_in.tokens import TOKEN_DEADLINE_S, GrantRefused, ServerAway, Tokens, exchange
from conducktor.connections.states import Auth, ConnectionState
from conducktor.connections.toolbox import Connected
from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.infra.http_client import HttpClient

log = structlog.get_logger()

LEASE = timedelta(seconds=3 * TOKEN_DEADLINE_S)
"""Longer than a refresh can take, so that its result is stored before anybody else begins."""
LOOK_AGAIN_S = 0.05
WAIT_S = LEASE.total_seconds() + TOKEN_DEADLINE_S
"""For another process that refreshes, or died in it, and then for an own refresh."""
TRY_AGAIN_AFTER = timedelta(seconds=15)
"""How long the old token is used on when the authorization server is away."""


_T = TypeVar("_T")


class Renewals:
    """One per process."""

    def __init__(self, database: Database, http: HttpClient, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._http = http
        self._key_ring = key_ring
        self._clock = clock
        self._running: dict[ConnectionId, asyncio.Task[Connection | None]] = {}

    async def asking(self, workspace_id: WorkspaceId, connected: Connected, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        """Ask with a credential that is good; once more with another when it was refused: a 401 means that nothing was done.

        Raises what `ask` raises, and UpstreamError when nobody is signed in.
        """
        if not connected.signs_in:
            return await ask(connected.endpoint)
        endpoint = connected.endpoint
        if connected.renew_after is not None and connected.renew_after <= self._clock():
            endpoint = await self._current(workspace_id, endpoint) or endpoint
        if not endpoint.headers:
            raise nobody_signed_in(connected.name)
        try:
            return await ask(endpoint)
        except UpstreamError as error:
            if error.fault is not Fault.SIGN_IN_AGAIN:
                raise
        other = await self._current(workspace_id, endpoint)
        if other is None or not other.headers or other.headers == endpoint.headers:
            raise nobody_signed_in(connected.name)
        return await ask(other)

    async def after_refusal(self, connection: Connection) -> Connection | None:
        """The upstream answered 401 to its credential: the connection with another one, if there is one to be had."""
        renewed = await self._renewed(connection.workspace_id, endpoint_of(connection, self._key_ring))
        has_another = renewed and renewed.credential_sealed not in (None, connection.credential_sealed)
        return renewed if has_another else None

    async def fresh(self, connection: Connection) -> Connection:
        """The connection with a token that is not about to end, as far as there is one. For checks."""
        if connection.renew_after is None or connection.renew_after > self._clock():
            return connection
        return await self._renewed(connection.workspace_id, endpoint_of(connection, self._key_ring)) or connection

    async def _current(self, workspace_id: WorkspaceId, used: Endpoint) -> Endpoint | None:
        connection = await self._renewed(workspace_id, used)
        try:
            return endpoint_of(connection, self._key_ring) if connection else None
        except Invalid:
            return None

    async def _renewed(self, workspace_id: WorkspaceId, used: Endpoint) -> Connection | None:
        """A crowd waits for one; whoever gives up does not take it from the others. Raises UpstreamError."""
        running = self._running.get(used.connection_id)
        if running is None:
            running = asyncio.create_task(self._renew(workspace_id, used), name="renew-token")
            self._running[used.connection_id] = running
            running.add_done_callback(lambda _: self._running.pop(used.connection_id, None))
        try:
            return await asyncio.shield(running)
        except TimeoutError:
            raise _busy(used.name) from None

    async def _renew(self, workspace_id: WorkspaceId, used: Endpoint) -> Connection | None:
        """The connection with a credential other than `used`, or as it is when there is none to be had."""
        async with asyncio.timeout(WAIT_S):
            while True:
                async with self._database.transaction() as tx:
                    connection = await queries.get_by_id(tx, workspace_id, used.connection_id)
                    if connection is None or connection.auth is not Auth.OAUTH or connection.credential_sealed is None:
                        return connection
                    if endpoint_of(connection, self._key_ring).headers != used.headers:
                        return connection
                    record = await sign_ins.get(tx, workspace_id, connection.id)
                    if record is None or record.grant_sealed is None:
                        return connection
                    claimed = await sign_ins.claim(tx, workspace_id, connection.id, self._clock(), LEASE)
                if claimed is not None:
                    return await self._refresh(connection, claimed)
                await asyncio.sleep(LOOK_AGAIN_S)

    async def _refresh(self, connection: Connection, record: SignInRecord) -> Connection | None:
        grant = record.grant(self._key_ring)
        if grant is None or grant.refresh_token is None:
            return await self._end(connection, record)
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "resource": grant.resource}
        try:
            tokens = await exchange(self._http, grant.server, grant.client, form)
        except GrantRefused:
            return await self._end(connection, record)
        except ServerAway:
            return await self._postpone(connection, record)
        return await self._store(connection, record, grant, tokens)

    async def _store(self, connection: Connection, record: SignInRecord, grant: Grant, tokens: Tokens) -> Connection | None:
        rotated = msgspec.structs.replace(grant, refresh_token=tokens.refresh_token or grant.refresh_token)
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, connection.workspace_id, connection.id)
            if current is None:
                return None
            if not await sign_ins.renew(tx, record, sealed(self._key_ring, rotated, grant_seal(connection.id))):
                return current
            after = msgspec.structs.replace(
                current,
                credential_sealed=seal(self._key_ring, current.id, tokens.access_token),
                renew_after=tokens.renew_after(self._clock()),
            )
            await _save(tx, after)
        log.info("sign_in.renewed", connection=str(connection.id), rotated=tokens.refresh_token is not None)
        return after

    async def _end(self, connection: Connection, record: SignInRecord) -> Connection | None:
        """Nothing but this connection's credential is touched."""
        now = self._clock()
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, connection.workspace_id, connection.id)
            if current is None or not await sign_ins.end(tx, record):
                return current
            after = outcome.after_failure(current, outcome.NEEDS_SIGN_IN, now, 0.5)
            if current.state is ConnectionState.DISABLED:
                after = current
            after = msgspec.structs.replace(after, credential_sealed=None, renew_after=None)
            await _save(tx, after)
        log.warning("sign_in.ended", connection=str(connection.id), workspace=str(connection.workspace_id))
        return after

    async def _postpone(self, connection: Connection, record: SignInRecord) -> Connection | None:
        """The old token may still be good: use it on, and ask again a little later."""
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


def nobody_signed_in(name: str) -> UpstreamError:
    return UpstreamError(
        Fault.SIGN_IN_AGAIN,
        f"{name} was not called: it waits for somebody to sign in.",
        connection=name,
        next_step=f"Somebody who may manage connections presses Sign in in Conducktor → Connections → {name}. Then try again.",
    )


def _busy(name: str) -> UpstreamError:
    return UpstreamError(
        Fault.TIMED_OUT,
        f"{name} was not called: its sign-in could not be renewed in time.",
        connection=name,
        next_step="Try again in a moment.",
    )


async def _save(tx: Transaction, connection: Connection) -> None:
    await queries.save(tx, connection.workspace_id, connection)
    await tx.announce(Change(topic="connections", workspace_id=connection.workspace_id, id=str(connection.id)))
