"""Making, changing, testing and removing connections. Every change is durable before the network is touched."""

import asyncio
from datetime import timedelta

import msgspec
import structlog

from conducktor.connections import queries
from conducktor.connections.alteration import Alteration, Rules, altered, is_elsewhere, parts_people
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.catalog.of_workspace import catalog_of
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of
from conducktor.connections.discovery import CONNECTIONS, Discovery
from conducktor.connections.lookup import connection_named, existing
from conducktor.connections.mcp_client import McpClient, Transport
from conducktor.connections.openapi import queries as descriptions
from conducktor.connections.own_accounts import queries as own_accounts
from conducktor.connections.settling import Report
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.sign_ins import SignIns
from conducktor.connections.sign_in.step_up import after_choice
from conducktor.connections.states import Auth, ConnectionState
from conducktor.connections.wish import Blueprint, Wish, blueprint
from conducktor.core.actor import Actor
from conducktor.core.errors import Conflict, Invalid
from conducktor.core.ids import ConnectionId, WorkspaceId, new_id
from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.database import Change, Transaction
from conducktor.infra.queue import Doorbell

log = structlog.get_logger()

FIRST_ANSWER_WITHIN_S = 3.0
"""How long a person waits to see a new connection ACTIVE; after that the worker goes on, and the page shows it live."""
TEST_WITHIN_S = 45.0
FORGOTTEN_AFTER = timedelta(seconds=30)
"""A new connection that nobody has asked by then is taken up by the reconciler."""


class NameTaken(Conflict):
    """A connection of this name exists already."""


class Connectable(msgspec.Struct, frozen=True):
    """What may be connected: services of the catalogue, and addresses that the operator lets us reach."""

    catalog: Catalog
    guard: AddressGuard


class Lifecycle:
    """One per process."""

    def __init__(
        self,
        keeping: Keeping,
        connectable: Connectable,
        discovery: Discovery,
        *,
        mcp: McpClient,
        sign_ins: SignIns,
        doorbell: Doorbell,
        first_answer_within_s: float = FIRST_ANSWER_WITHIN_S,
    ) -> None:
        self._database = keeping.database
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._catalog = connectable.catalog
        self._guard = connectable.guard
        self._discovery = discovery
        self._mcp = mcp
        self._sign_ins = sign_ins
        self._doorbell = doorbell
        self._first_answer_within_s = first_answer_within_s

    async def add(self, actor: Actor, wish: Wish) -> Connection:
        """Save a new connection, then reach out to it for a few seconds. Raises Invalid, NameTaken."""
        async with self._database.transaction() as tx:
            plan = blueprint(wish, await catalog_of(tx, actor.workspace_id, self._catalog), self._guard)
            connection = await self._insert(tx, actor, wish, plan)
            if plan.description:
                await descriptions.put(tx, actor.workspace_id, connection.id, plan.description)
            await tx.announce(_change(connection))
        log.info("connection.created", connection=str(connection.id), workspace=str(connection.workspace_id))
        await self._reach(connection, self._first_answer_within_s)
        return await self._current(connection)

    async def alter(self, actor: Actor, name: str, alteration: Alteration) -> Connection:
        """Raises NoSuchConnection, Invalid. What depends on the answer of the upstream is asked anew, for a few seconds."""
        async with self._database.transaction() as tx:
            before = await self._locked(tx, actor.workspace_id, name)
            catalog = await catalog_of(tx, actor.workspace_id, self._catalog)
            rules = Rules(self._guard, self._key_ring, catalog.known(before.service or ""))
            after = altered(before, alteration, actor, rules, self._clock())
            if after == before:
                return before
            await queries.save(tx, actor.workspace_id, after)
            is_signed_out = before.auth is Auth.OAUTH and after.credential_sealed != before.credential_sealed
            grant = await self._sign_ins.forget(tx, before.workspace_id, before.id) if is_signed_out else None
            if parts_people(before, after) and await own_accounts.leave_all(tx, before.workspace_id, before.id):
                tx.after_commit(self._ring_for_left_accounts)
            await tx.announce(_change(after))
        await self._sign_ins.revoke(grant)
        if is_elsewhere(before, after):
            await self._forget(before)
            if after.state is not ConnectionState.DISABLED:
                await self._reach(after, self._first_answer_within_s)
        return await self._current(after)

    async def test(self, actor: Actor, name: str) -> tuple[Connection, Report | None]:
        """Ask for everything now. No report: it did not finish in time, or somebody else's answer was newer."""
        async with self._database.transaction() as tx:
            connection = await connection_named(tx, actor.workspace_id, name)
        if connection.state is ConnectionState.DISABLED:
            raise Conflict(f"{name} is disabled.", next_step="Enable the connection before testing it.")
        report = await self._reach(connection, TEST_WITHIN_S)
        return await self._current(connection), report

    async def look_again(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        """As `look_at`, if it has no other account than people's own and did not work without the one that came."""
        async with self._database.transaction() as tx:
            connection = await queries.get_by_id(tx, workspace_id, connection_id)
        if connection and connection.is_personal_only and connection.state is not ConnectionState.ACTIVE:
            await self.look_at(workspace_id, connection_id)

    async def redescribe(
        self, actor: Actor, name: str, description: descriptions.Description
    ) -> tuple[Connection, Report | None]:
        """Another document, or another choice of its operations. Raises NoSuchConnection, Conflict."""
        async with self._database.transaction() as tx:
            before = await self._locked(tx, actor.workspace_id, name)
            if before.transport is not Transport.OPENAPI:
                raise Conflict(f"{name} is an MCP server: it says itself what it offers.")
            after = msgspec.structs.replace(before, revision=before.revision + 1, updated_at=self._clock())
            if description.sign_in:
                after = await after_choice(tx, self._key_ring, after, description.sign_in.scopes)
            await descriptions.put(tx, actor.workspace_id, before.id, description)
            await queries.save(tx, actor.workspace_id, after)
            await tx.announce(_change(after))
        report = None if after.state is ConnectionState.DISABLED else await self._reach(after, TEST_WITHIN_S)
        return await self._current(after), report

    async def look_at(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        """Ask it anew, for a few seconds: somebody signed in. The worker goes on with what takes longer."""
        async with self._database.transaction() as tx:
            connection = await queries.get_by_id(tx, workspace_id, connection_id)
        if connection and connection.state is not ConnectionState.DISABLED:
            await self._reach(connection, self._first_answer_within_s)

    async def remove(self, actor: Actor, name: str) -> None:
        """Raises NoSuchConnection. Its tools are gone with it; the audit keeps what they did."""
        async with self._database.transaction() as tx:
            connection = await self._locked(tx, actor.workspace_id, name)
            grant = await self._sign_ins.forget(tx, actor.workspace_id, connection.id)
            tx.after_commit(self._ring_for_left_accounts)
            await queries.remove(tx, actor.workspace_id, connection.id)
            await tx.announce(_change(connection))
        log.info("connection.removed", connection=str(connection.id), workspace=str(connection.workspace_id))
        await self._sign_ins.revoke(grant)
        await self._forget(connection)

    async def _insert(self, tx: Transaction, actor: Actor, wish: Wish, plan: Blueprint) -> Connection:
        now = self._clock()
        connection_id = ConnectionId(new_id())
        taken = await queries.names(tx, actor.workspace_id)
        connection = plan.connection(
            connection_id=connection_id,
            actor=actor,
            name=plan.name_among(taken),
            sealed=plan.sealed(self._key_ring, connection_id),
            now=now,
            next_check_at=now + FORGOTTEN_AFTER,
        )
        if not await queries.add(tx, connection):
            raise NameTaken(
                f"This workspace has a connection named {connection.name} already.",
                next_step="Choose another name.",
                errors={"name": "This name is taken."},
            )
        return connection

    async def _reach(self, connection: Connection, within_s: float) -> Report | None:
        """Ask the upstream here and now, so that a person need not wait for the worker; what is not done in time, it does."""
        try:
            async with asyncio.timeout(within_s):
                return await self._discovery.discover(connection.workspace_id, connection.id)
        except TimeoutError:
            await self._doorbell.ring(
                "discover_connection",
                key=f"discover:{connection.id}",
                workspace_id=str(connection.workspace_id),
                connection_id=str(connection.id),
            )
            return None

    async def _ring_for_left_accounts(self) -> None:
        await self._doorbell.ring("revoke_left_accounts", key="left-accounts")

    async def _current(self, connection: Connection) -> Connection:
        async with self._database.transaction() as tx:
            return existing(await queries.get_by_id(tx, connection.workspace_id, connection.id), connection.name)

    async def _locked(self, tx: Transaction, workspace_id: WorkspaceId, name: str) -> Connection:
        found = await connection_named(tx, workspace_id, name)
        return existing(await queries.lock(tx, workspace_id, found.id), name)

    async def _forget(self, connection: Connection) -> None:
        try:
            await self._mcp.forget(endpoint_of(connection, self._key_ring))
        except Invalid:
            log.warning("connection.secret_unreadable", connection=str(connection.id))


def _change(connection: Connection) -> Change:
    return Change(topic=CONNECTIONS, workspace_id=connection.workspace_id, id=str(connection.id))
