"""What a connection's server says of itself, or why it says nothing."""

import asyncio
import time

import msgspec
import structlog

from conducktor.connections import outcome
from conducktor.connections.assessment import assess
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of
from conducktor.connections.health.status import ABOUT_THE_CREDENTIAL
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.mcp_client import Endpoint, Fault, McpClient, ServerFacts, UpstreamError
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.openapi import queries as descriptions
from conducktor.connections.openapi.client import RestClient
from conducktor.connections.openapi.description import facts_of, tool_entries
from conducktor.connections.outcome import Findings
from conducktor.connections.own_accounts.own_accounts import OwnAccounts
from conducktor.connections.settling import Found
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.states import Auth, OfferKind
from conducktor.core.errors import Invalid
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

_OFFERS = (
    (OfferKind.RESOURCE, "resources/list", "resources"),
    (OfferKind.RESOURCE_TEMPLATE, "resources/templates/list", "resources"),
    (OfferKind.PROMPT, "prompts/list", "prompts"),
)
"""Kind, method, and the capability that announces it."""


class Ways(msgspec.Struct, frozen=True):
    """To a connection's server: what it speaks, and with whose credential."""

    mcp: McpClient
    rest: RestClient
    renewals: Renewals
    own_accounts: OwnAccounts


class Inspection:
    """One per process."""

    def __init__(self, database: Database, key_ring: KeyRing, ways: Ways, vitals: Vitals) -> None:
        self._database = database
        self._key_ring = key_ring
        self._ways = ways
        self._vitals = vitals

    async def of(self, connection: Connection, *, in_full: bool) -> Findings:
        """No transaction is open meanwhile. A refused access token is renewed, once."""
        if connection.is_personal_only:
            return await self._ask_with_own_account(connection, in_full=in_full)
        try:
            connection = await self._ways.renewals.fresh(connection)
            return await self._ask_with(connection, in_full=in_full)
        except Invalid:
            log.warning("connection.secret_unreadable", connection=str(connection.id))
            return outcome.UNREADABLE_CREDENTIAL
        except UpstreamError as error:
            if not outcome.asks_to_sign_in(connection, error):
                return outcome.failure(await self._ways.renewals.judged(connection, error))
        try:
            renewed = await self._ways.renewals.after_refusal(connection) if connection.auth is Auth.OAUTH else None
            return await self._ask_with(renewed, in_full=in_full) if renewed else outcome.NEEDS_SIGN_IN
        except UpstreamError as error:
            return outcome.NEEDS_SIGN_IN if outcome.asks_to_sign_in(connection, error) else outcome.failure(error)

    async def _ask_with_own_account(self, connection: Connection, *, in_full: bool) -> Findings:
        """The connection has people's accounts only: one of those who manage it looks after it."""
        endpoint = endpoint_of(connection, self._key_ring)
        try:
            return await self._ways.own_accounts.looking_after(
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
        await self._ways.rest.probe(endpoint)
        facts = facts_of(description)
        if not in_full and bytes(facts.server_info) == connection.server_info:
            return Found(facts=facts, tools=None, offers={}, notes=connection.notes)
        tools = await asyncio.to_thread(lambda: assess(tool_entries(description)))
        return Found(facts=facts, tools=tools.tools, offers={kind: () for kind, _, _ in _OFFERS}, notes=tools.notes)

    async def _probed(self, connection: Connection, endpoint: Endpoint) -> ServerFacts:
        began = time.monotonic()
        took_s: float | None = None
        try:
            facts = await self._ways.mcp.probe(endpoint)
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
        tools = await asyncio.to_thread(assess, await self._ways.mcp.list_all(endpoint, "tools/list"))
        notes = list(tools.notes)
        capabilities = outcome.announced(facts.capabilities)
        for kind, method, capability in _OFFERS:
            try:
                offers[kind] = await self._ways.mcp.list_all(endpoint, method) if capability in capabilities else ()
            except UpstreamError as error:
                notes.append(f"{method} failed: {error.detail}")
        return Found(facts=facts, tools=tools.tools, offers=offers, notes=tuple(notes))
