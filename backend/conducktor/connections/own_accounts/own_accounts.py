"""Calls with people's own accounts: read once and kept in memory until they change; never anybody else's."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import structlog

from conducktor.connections import queries as connections
from conducktor.connections.connection import Connection
from conducktor.connections.credential import NOTHING
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.own_accounts import queries
from conducktor.connections.own_accounts.link import SignInLinks
from conducktor.connections.own_accounts.own_credential import Own, OwnCredential, Whose
from conducktor.connections.own_accounts.refusal import NobodyBehindIt, OwnAccountNeeded, refused_all_the_same
from conducktor.connections.sign_in.grant import readable
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.refreshing import OTHERS, Refreshing
from conducktor.connections.sign_in.renewals import nobody_signed_in
from conducktor.connections.sign_in.step_up import SCOPE_LIMIT, scope_lacking, scope_union
from conducktor.core.actor import Actor, Surface
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, UserId
from conducktor.core.tool_call import ToolCall
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change
from conducktor.infra.http_client import HttpClient
from conducktor.workspaces import queries as workspaces

log = structlog.get_logger()

KEPT = 20_000

_T = TypeVar("_T")
_Key = tuple[ConnectionId, UserId]


class OwnAccounts:
    """One per process; the hot path reads it."""

    def __init__(
        self,
        keeping: Keeping,
        changes: ChangeFeed,
        http: HttpClient,
        links: SignInLinks,
        vitals: Vitals,
    ) -> None:
        self._keeping = keeping
        self._database = keeping.database
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._links = links
        self._vitals = vitals
        self._refreshing: Refreshing[Own] = Refreshing(http)
        self._cached: Cached[_Key, Own] = Cached(changes, stale=_concerns, capacity=KEPT)

    async def asking(self, call: ToolCall, endpoint: Endpoint, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        """Ask with the caller's own account, again with a renewed token when that one was refused.

        Raises what `ask` raises, and OwnAccountNeeded, NobodyBehindIt before anything is sent.
        """
        if call.actor.surface is Surface.WORKER and call.claim is None:
            raise NobodyBehindIt(endpoint.name)  # a workflow's step; an approved call is its requester's own
        whose = Whose(call.actor.workspace_id, endpoint.connection_id, call.actor.user_id, endpoint.name)
        try:
            answer = await self._asking(whose, endpoint, ask)
        except _NotSignedIn as missing:
            link = await self._link(call.actor, whose)
            raise OwnAccountNeeded(endpoint.name, link, was_refused=missing.was_refused) from None
        except UpstreamError as error:
            raise await self._judged(call.actor, whose, error) from None
        self._vitals.used(whose.connection_id, whose.user_id)
        return answer

    async def looking_after(self, connection: Connection, endpoint: Endpoint, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        """Ask what a connection offers that has people's accounts only: with that of its maker, or of an owner or admin.

        Raises what `ask` raises, and UpstreamError when none of them is signed in.
        """
        async with self._database.transaction() as tx:
            user_id = await queries.caretaker(tx, connection.workspace_id, connection.id, connection.created_by)
        if user_id is None:
            raise nobody_signed_in(connection.name)
        return await self.looking(Whose(connection.workspace_id, connection.id, user_id, connection.name), endpoint, ask)

    async def looking(self, whose: Whose, endpoint: Endpoint, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        """Ask with somebody's account, on no call's behalf. Raises what `ask` raises, and UpstreamError when it is not good."""
        try:
            return await self._asking(whose, endpoint, ask)
        except _NotSignedIn:
            raise nobody_signed_in(whose.name) from None

    async def _asking(self, whose: Whose, endpoint: Endpoint, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        own = await self._own(whose)
        if own.account and own.account.renew_after is not None and own.account.renew_after <= self._clock():
            own = await self._renewed(whose, own)
        if own.shown == NOTHING:
            raise _NotSignedIn(was_refused=own.account is not None)
        for others_left in reversed(range(OTHERS + 1)):
            try:
                return await ask(_with(endpoint, whose, own))
            except UpstreamError as error:
                if error.fault is not Fault.SIGN_IN_AGAIN or not others_left:
                    raise
            other = await self._renewed(whose, own)
            if other.shown in (NOTHING, own.shown):
                raise _NotSignedIn(was_refused=True)
            own = other
        raise AssertionError("the last attempt returns or raises")

    async def _own(self, whose: Whose) -> Own:
        key = (whose.connection_id, whose.user_id)
        if (known := self._cached.peek(key)) is not None:
            return known
        return await self._cached.get(key, lambda: self._load(whose))

    async def _load(self, whose: Whose) -> Own:
        async with self._database.transaction() as tx:
            account = await queries.get(tx, whose.workspace_id, whose.connection_id, whose.user_id)
            connection = await connections.get_by_id(tx, whose.workspace_id, whose.connection_id)
        return Own.of(account, connection, self._key_ring)

    async def _renewed(self, whose: Whose, used: Own) -> Own:
        """`used` itself when what is stored cannot be opened: it stays, for the day when its key is back."""
        kept = OwnCredential(self._keeping, whose, used)
        try:
            return await self._refreshing.refreshed(kept) or Own()
        except Invalid:
            log.error("own_account.grant_unreadable", connection=str(whose.connection_id), workspace=str(whose.workspace_id))
            return used

    async def _judged(self, actor: Actor, whose: Whose, error: UpstreamError) -> UpstreamError:
        """What to say of it; the account remembers what to ask for at the next sign-in (RFC 6750 §3.1)."""
        scope = scope_lacking(error.challenge) if error.fault is Fault.NOT_ALLOWED else None
        if scope is None:
            return error
        async with self._database.transaction() as tx:
            account = await queries.get(tx, whose.workspace_id, whose.connection_id, whose.user_id)
            grant = readable(account.grant, self._key_ring) if account else None
            if account is None or grant is None:
                return error
            if set(scope.split()) <= set((grant.scope or "").split()):
                return refused_all_the_same(whose.name, scope)
            wanted = scope_union(account.wanted_scope, scope)
            if (
                wanted
                and wanted != account.wanted_scope
                and len(wanted) <= SCOPE_LIMIT
                and await queries.want(tx, account, wanted)
            ):
                await tx.announce(whose.change)
        return OwnAccountNeeded(whose.name, await self._link(actor, whose), scope=scope)

    async def _link(self, actor: Actor, whose: Whose) -> str:
        async with self._database.transaction() as tx:
            workspace = await workspaces.settings(tx, whose.workspace_id)
        return self._links.make(actor, workspace.slug, whose.connection_id, whose.name)


class _NotSignedIn(Exception):
    def __init__(self, *, was_refused: bool) -> None:
        super().__init__()
        self.was_refused = was_refused


def _with(endpoint: Endpoint, whose: Whose, own: Own) -> Endpoint:
    return msgspec.structs.replace(endpoint, headers=own.shown.headers, query=own.shown.query, holder=str(whose.user_id))


def _concerns(change: Change, key: _Key, _own: Own) -> bool:
    connection_id, user_id = key
    match change.topic:
        case "own_accounts":
            return change.id == f"{connection_id}:{user_id}"
        case "connections":
            return change.id == str(connection_id)  # where it leads, or how it wants a key
        case "members":
            return change.id == str(user_id)
        case _:
            return False
