"""Asking an upstream what it is and what it offers, and keeping the answer.

Three steps: read the row, ask over the network, store in one transaction. A process that dies in between leaves
the row as it was; its `next_check_at` brings the next one. An answer that was overtaken by a newer one is dropped.
"""

import asyncio
import time
from collections.abc import Callable
from random import SystemRandom

import msgspec
import structlog

from conducktor.connections import outcome, queries
from conducktor.connections.assessment import assess
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of
from conducktor.connections.health.owners import Owners
from conducktor.connections.health.status import ABOUT_THE_CREDENTIAL
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.mcp_client import Endpoint, Fault, McpClient, ServerFacts, UpstreamError
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.openapi import queries as descriptions
from conducktor.connections.openapi.client import RestClient
from conducktor.connections.openapi.description import facts_of, tool_entries
from conducktor.connections.outcome import Failure, Findings
from conducktor.connections.own_accounts.own_accounts import OwnAccounts
from conducktor.connections.settling import Found, OffersByKind, Report, settle
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.states import Auth, ConnectionState, OfferKind
from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

CONNECTIONS = "connections"
"""Topic of every change of this slice."""

_OFFERS = (
    (OfferKind.RESOURCE, "resources/list", "resources"),
    (OfferKind.RESOURCE_TEMPLATE, "resources/templates/list", "resources"),
    (OfferKind.PROMPT, "prompts/list", "prompts"),
)
"""Kind, method, and the capability that announces it."""


_RANDOM = SystemRandom()


class Discovery:
    """One per process. Knows no transaction but its own."""

    def __init__(
        self,
        database: Database,
        mcp: McpClient,
        rest: RestClient,
        key_ring: KeyRing,
        clock: Clock,
        renewals: Renewals,
        vitals: Vitals,
        own_accounts: OwnAccounts,
        owners: Owners,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """`jitter` returns 0 to 1 and spreads the checks over time."""
        self._database = database
        self._mcp = mcp
        self._rest = rest
        self._key_ring = key_ring
        self._clock = clock
        self._renewals = renewals
        self._vitals = vitals
        self._own_accounts = own_accounts
        self._owners = owners
        self._jitter = jitter

    async def discover(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Report | None:
        """Ask for everything. None when there was nothing to do, or something newer was stored meanwhile."""
        return await self._run(workspace_id, connection_id, in_full=True)

    async def check(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Report | None:
        """Ask whether it is well; for everything only when it was not, or the last full answer is old."""
        return await self._run(workspace_id, connection_id, in_full=False)

    async def _run(self, workspace_id: WorkspaceId, connection_id: ConnectionId, *, in_full: bool) -> Report | None:
        started = self._clock()
        async with self._database.transaction() as tx:
            connection = await queries.get_by_id(tx, workspace_id, connection_id)
        if connection is None or connection.state is ConnectionState.DISABLED:
            return None
        in_full = in_full or outcome.is_full_discovery_due(connection, started)
        findings = await self._ask(connection, in_full=in_full)
        async with self._database.transaction() as tx:
            current = await queries.lock(tx, workspace_id, connection_id)
            if current is None or current.revision != connection.revision or outcome.is_overtaken(current, started, findings):
                return None
            return await self._store(tx, current, findings)

    async def _ask(self, connection: Connection, *, in_full: bool) -> Findings:
        """No transaction is open here. A refused access token is renewed, once."""
        if connection.is_personal_only:
            return await self._ask_with_own_account(connection, in_full=in_full)
        try:
            connection = await self._renewals.fresh(connection)
            return await self._ask_with(connection, in_full=in_full)
        except Invalid:
            log.warning("connection.secret_unreadable", connection=str(connection.id))
            return outcome.UNREADABLE_CREDENTIAL
        except UpstreamError as error:
            if not outcome.asks_to_sign_in(connection, error):
                return outcome.failure(await self._renewals.judged(connection, error))
        try:
            renewed = await self._renewals.after_refusal(connection) if connection.auth is Auth.OAUTH else None
            return await self._ask_with(renewed, in_full=in_full) if renewed else outcome.NEEDS_SIGN_IN
        except UpstreamError as error:
            return outcome.NEEDS_SIGN_IN if outcome.asks_to_sign_in(connection, error) else outcome.failure(error)

    async def _ask_with_own_account(self, connection: Connection, *, in_full: bool) -> Findings:
        """The connection has people's accounts only: one of those who manage it looks after it."""
        endpoint = endpoint_of(connection, self._key_ring)
        try:
            return await self._own_accounts.looking_after(
                connection, endpoint, lambda of_theirs: self._ask_at(connection, of_theirs, in_full=in_full)
            )
        except UpstreamError as error:
            return outcome.NEEDS_OWN_ACCOUNT if error.fault is Fault.SIGN_IN_AGAIN else outcome.failure(error)

    async def _ask_with(self, connection: Connection, *, in_full: bool) -> Findings:
        """Raises UpstreamError; Invalid when its secret cannot be opened."""
        if connection.lacks_credential:
            return outcome.NEEDS_SIGN_IN if connection.waits_for_sign_in else outcome.NO_CREDENTIAL
        return await self._ask_at(connection, endpoint_of(connection, self._key_ring), in_full=in_full)

    async def _ask_at(self, connection: Connection, endpoint: Endpoint, *, in_full: bool) -> Findings:
        if connection.transport is Transport.OPENAPI:
            return await self._described(connection, endpoint, in_full=in_full)
        # A new look at everything also asks anew for the era; in between, the one that is known is cheaper.
        facts = await self._probed(connection, msgspec.structs.replace(endpoint, era=None) if in_full else endpoint)
        fresh = msgspec.structs.replace(endpoint, era=facts.era, protocol_version=facts.protocol_version)
        if in_full or bytes(facts.server_info) != connection.server_info:
            return await self._ask_for_everything(fresh, facts)
        return Found(facts=facts, tools=None, offers={}, notes=connection.notes)

    async def _described(self, connection: Connection, endpoint: Endpoint, *, in_full: bool) -> Findings:
        """A REST service: what it offers is in its stored document, whether it is there only itself can tell."""
        async with self._database.transaction() as tx:
            description = await descriptions.get(tx, connection.workspace_id, connection.id)
        if description is None:
            return outcome.NO_DOCUMENT
        await self._rest.probe(endpoint)
        facts = facts_of(description)
        if not in_full and bytes(facts.server_info) == connection.server_info:
            return Found(facts=facts, tools=None, offers={}, notes=connection.notes)
        tools = await asyncio.to_thread(lambda: assess(tool_entries(description)))
        return Found(facts=facts, tools=tools.tools, offers={kind: () for kind, _, _ in _OFFERS}, notes=tools.notes)

    async def _probed(self, connection: Connection, endpoint: Endpoint) -> ServerFacts:
        began = time.monotonic()
        took_s: float | None = None
        try:
            facts = await self._mcp.probe(endpoint)
            took_s = time.monotonic() - began
        except UpstreamError as error:
            if error.fault in ABOUT_THE_CREDENTIAL:  # it answered, and quickly
                took_s = time.monotonic() - began
            raise
        finally:
            self._vitals.probed(connection.workspace_id, connection.id, took_s)
        return facts

    async def _ask_for_everything(self, endpoint: Endpoint, facts: ServerFacts) -> Found:
        """Tools must be answered; resources and prompts that fail are noted, and stay as they were."""
        offers: dict[OfferKind, tuple[msgspec.Raw, ...]] = {}
        tools = await asyncio.to_thread(assess, await self._mcp.list_all(endpoint, "tools/list"))
        notes = list(tools.notes)
        capabilities = outcome.announced(facts.capabilities)
        for kind, method, capability in _OFFERS:
            try:
                offers[kind] = await self._mcp.list_all(endpoint, method) if capability in capabilities else ()
            except UpstreamError as error:
                notes.append(f"{method} failed: {error.detail}")
        return Found(facts=facts, tools=tools.tools, offers=offers, notes=tuple(notes))

    async def _store(self, tx: Transaction, before: Connection, findings: Findings) -> Report:
        now = self._clock()
        if isinstance(findings, Failure):
            after, report = outcome.after_failure(before, findings, now, self._jitter()), Report()
        else:
            kept = await queries.tools(tx, before.workspace_id, before.id)
            elsewhere = await queries.names_elsewhere(tx, before.workspace_id, before.id)
            settled = settle(before, findings, kept, now, elsewhere)
            await queries.put_tools(tx, before.workspace_id, settled.tools)
            offers_changed = await self._store_offers(tx, before, settled.offers)
            after = outcome.after_success(before, findings, settled, now, self._jitter())
            report = msgspec.structs.replace(settled.report, offers_changed=offers_changed)
        await queries.save(tx, before.workspace_id, after)
        await self._owners.consider(tx, after)
        if report.is_news or outcome.shows_differently(before, after):
            await tx.announce(Change(topic=CONNECTIONS, workspace_id=before.workspace_id, id=str(before.id)))
        if before.state is not after.state:
            log.info("connection.state_changed", connection=str(before.id), state=after.state.value, fault=after.fault)
        return report

    async def _store_offers(self, tx: Transaction, connection: Connection, offers: OffersByKind) -> bool:
        known = await queries.offers(tx, connection.workspace_id, connection.id)
        changed = False
        for kind, now_offered in offers.items():
            if now_offered != tuple(offer for offer in known if offer.kind is kind):
                changed = True
                await queries.replace_offers(tx, connection.workspace_id, connection.id, kind, now_offered)
        return changed
