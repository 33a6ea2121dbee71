"""Subscriptions to resources: who may hear of what, and what clients of the handshake era asked for once.

Those say `resources/subscribe` in one request and listen on another, in whichever process: so it is kept here, for the app's
authorization and the endpoint that it used, for a day after its last stream began.
"""

from datetime import timedelta

import msgspec

from conducktor.connections.standing.news import SUBSCRIBE
from conducktor.core.clock import Clock
from conducktor.core.errors import Forbidden, Invalid, NotFound, Throttled
from conducktor.core.ids import CallId, new_id
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.gateway import queries
from conducktor.gateway.call_tool import Gateway, call_tool
from conducktor.gateway.door import Door
from conducktor.gateway.listener import Followed
from conducktor.gateway.relay import NO_RELAY
from conducktor.infra.database import Change, Database
from conducktor.oauth.caller import Caller

TOPIC = "subscriptions"
"""Of changes; the id is the authorization's."""
LASTS = timedelta(days=1)
MOST = 200
"""Resources per authorization."""


class TooManySubscriptions(Throttled):
    """Too many resources are subscribed to."""


class Subscriptions:
    """One per process."""

    def __init__(self, gateway: Gateway, database: Database, clock: Clock) -> None:
        self._gateway = gateway
        self._database = database
        self._clock = clock

    async def begin(self, caller: Caller, door: Door, uri: str) -> CallResult:
        """One governed call, as reading it would be. Raises ConducktorError for every refusal."""
        return await call_tool(self._gateway, caller, _request(door, uri), NO_RELAY)

    async def may_hear(self, caller: Caller, door: Door, uri: str) -> Followed | None:
        """What it is, when the person may hear of it now: known, and not denied by any policy. Raises Unavailable."""
        request = _request(door, uri)
        try:
            target = await self._gateway.resolver.resolve(caller, request)
        except (NotFound, Forbidden, Invalid):
            return None
        decision = await self._gateway.policies.decide(target.call(caller.actor, request))
        if decision.denial is not None or target.connection is None:
            return None
        return Followed(target.connection, target.name)

    async def remember(self, caller: Caller, door: Door, uri: str) -> None:
        """Raises TooManySubscriptions."""
        async with self._database.transaction() as tx:
            owner = queries.Owner(caller.actor.workspace_id, caller.authorization_id, door.resource(""))
            if await queries.count_subscriptions(tx, owner.workspace_id, owner, uri) >= MOST:
                raise TooManySubscriptions(
                    f"This app is subscribed to {MOST} resources.", next_step="Unsubscribe from some of them first."
                )
            await queries.add_subscription(tx, owner.workspace_id, owner, uri, self._clock() + LASTS)
            await tx.announce(self._change(caller))

    async def forget(self, caller: Caller, door: Door, uri: str) -> None:
        """Somebody else's does not exist."""
        async with self._database.transaction() as tx:
            owner = queries.Owner(caller.actor.workspace_id, caller.authorization_id, door.resource(""))
            await queries.remove_subscription(tx, owner.workspace_id, owner, uri)
            await tx.announce(self._change(caller))

    async def remembered(self, caller: Caller, door: Door) -> frozenset[str]:
        """And they last a day longer, because somebody listens."""
        async with self._database.transaction() as tx:
            owner = queries.Owner(caller.actor.workspace_id, caller.authorization_id, door.resource(""))
            return await queries.subscriptions(tx, owner.workspace_id, owner, self._clock() + LASTS)

    def _change(self, caller: Caller) -> Change:
        return Change(topic=TOPIC, workspace_id=caller.actor.workspace_id, id=str(caller.authorization_id))


def _request(door: Door, uri: str) -> CallRequest:
    params = msgspec.Raw(msgspec.json.encode({"uri": uri}))
    return CallRequest(
        id=CallId(new_id()), method=SUBSCRIBE, name=uri, connection=door.connection, toolset=door.toolset, params=params
    )
