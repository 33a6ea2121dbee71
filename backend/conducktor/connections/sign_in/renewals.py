"""Keeping the workspace's access tokens alive: renewed ahead of their end by whoever needs one."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.refreshing import OTHERS, Refreshing
from conducktor.connections.sign_in.shared_credential import SharedCredential
from conducktor.connections.sign_in.step_up import StepUps
from conducktor.connections.toolbox import Connected
from conducktor.core.errors import Invalid
from conducktor.core.ids import WorkspaceId
from conducktor.infra.http_client import HttpClient

log = structlog.get_logger()

_T = TypeVar("_T")


class Renewals:
    """One per process."""

    def __init__(self, keeping: Keeping, http: HttpClient) -> None:
        self._keeping = keeping
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._refreshing: Refreshing[Connection] = Refreshing(http)
        self._step_ups = StepUps(keeping.database, keeping.key_ring)

    async def asking(self, workspace_id: WorkspaceId, connected: Connected, ask: Callable[[Endpoint], Awaitable[_T]]) -> _T:
        """Ask with a credential that is good, again with another when it was refused: a 401 means that nothing was done.

        Raises what `ask` raises, and UpstreamError when nobody is signed in.
        """
        if not connected.signs_in:
            return await ask(connected.endpoint)
        endpoint = connected.endpoint
        if connected.renew_after is not None and connected.renew_after <= self._clock():
            endpoint = await self._current(workspace_id, endpoint) or endpoint
        if not endpoint.headers:
            raise nobody_signed_in(connected.name)
        for others_left in reversed(range(OTHERS + 1)):
            try:
                return await ask(endpoint)
            except UpstreamError as error:
                if error.fault is not Fault.SIGN_IN_AGAIN or not others_left:
                    raise await self._step_ups.judged(workspace_id, connected.id, error) from None
            other = await self._current(workspace_id, endpoint)
            if other is None or not other.headers or other.headers == endpoint.headers:
                raise nobody_signed_in(connected.name)
            endpoint = other
        raise AssertionError("the last attempt returns or raises")

    async def after_refusal(self, connection: Connection) -> Connection | None:
        """The upstream answered 401 to its credential: the connection with another one, if there is one to be had."""
        renewed = await self._renewed(connection.workspace_id, endpoint_of(connection, self._key_ring))
        has_another = renewed and renewed.credential_sealed not in (None, connection.credential_sealed)
        return renewed if has_another else None

    async def judged(self, connection: Connection, error: UpstreamError) -> UpstreamError:
        """What to say of a failed check: a service may want more access than the sign-in has."""
        return await self._step_ups.judged(connection.workspace_id, connection.id, error)

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
        """None also when what is stored cannot be opened: it stays, for the day when its key is back."""
        kept = SharedCredential(self._keeping, workspace_id, used)
        try:
            return await self._refreshing.refreshed(kept)
        except Invalid:
            log.error("sign_in.grant_unreadable", connection=str(used.connection_id), workspace=str(workspace_id))
            return None


def nobody_signed_in(name: str) -> UpstreamError:
    return UpstreamError(
        Fault.SIGN_IN_AGAIN,
        f"{name} was not called: it waits for somebody to sign in.",
        connection=name,
        next_step=f"Somebody who may manage connections presses Sign in in Conducktor → Connections → {name}. Then try again.",
        was_asked=False,
    )
