"""One refresh at a time over all processes, wherever the credential is kept.

A process that dies in between leaves a claim that ends by itself. The next one refreshes with what is stored: a server that
rotated it meanwhile refuses, and then somebody has to sign in. Nothing is tried in a loop.
"""

import asyncio
from collections.abc import Hashable
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import msgspec

from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.sign_in.grant import Grant
from conducktor.connections.sign_in.tokens import TOKEN_DEADLINE_S, GrantRefused, ServerAway, Tokens, exchange, revoke
from conducktor.infra.http_client import HttpClient

LEASE = timedelta(seconds=3 * TOKEN_DEADLINE_S)
"""Longer than a refresh can take, so that its result is stored before anybody else begins."""
LOOK_AGAIN_S = 0.05
WAIT_S = LEASE.total_seconds() + TOKEN_DEADLINE_S
"""For another process that refreshes, or died in it, and then for an own refresh."""
TRY_AGAIN_AFTER = timedelta(seconds=15)
"""How long the old token is used on when the authorization server is away."""

OTHERS = 2
"""How many other credentials are tried for one request: what another process stored, which may have ended too, and a new one."""

T = TypeVar("T")


class Settled(msgspec.Struct, Generic[T], frozen=True):
    """There is another credential than the one that was used, or nothing to refresh with."""

    value: T | None


class Claimed(msgspec.Struct, frozen=True):
    """It is ours to refresh. None: what is stored is no longer good for it."""

    grant: Grant | None


class Stored(msgspec.Struct, Generic[T], frozen=True):
    """The credential as it is now. Not `is_kept`: somebody signed in, or out, meanwhile, and what came is nobody's."""

    value: T | None
    is_kept: bool


class Kept(Protocol[T]):
    """One credential where it is kept, for one attempt. Each method is one transaction, `claim` comes first."""

    @property
    def key(self) -> Hashable: ...
    @property
    def name(self) -> str:
        """The connection's, for messages."""

    async def claim(self) -> Settled[T] | Claimed | None:
        """None: another process is at it. Raises Invalid when what is stored cannot be opened: then nothing is claimed."""

    async def store(self, grant: Grant, tokens: Tokens) -> Stored[T]: ...
    async def end(self) -> T | None: ...
    async def postpone(self) -> T | None: ...


class Refreshing(Generic[T]):
    """One per process and kind of credential."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._running: dict[Hashable, asyncio.Task[T | None]] = {}

    async def refreshed(self, kept: Kept[T]) -> T | None:
        """Another credential, or it as it is when there is none to be had.

        A crowd waits for one; whoever gives up does not take it from the others. Raises UpstreamError, and what `claim` raises.
        """
        running = self._running.get(kept.key)
        if running is None:
            running = asyncio.create_task(self._run(kept), name="renew-token")
            self._running[kept.key] = running
            running.add_done_callback(lambda _: self._running.pop(kept.key, None))
        try:
            return await asyncio.shield(running)
        except TimeoutError:
            raise _busy(kept.name) from None

    async def _run(self, kept: Kept[T]) -> T | None:
        async with asyncio.timeout(WAIT_S):
            while True:
                match await kept.claim():
                    case Settled(value):
                        return value
                    case Claimed(grant):
                        return await self._refresh(kept, grant)
                await asyncio.sleep(LOOK_AGAIN_S)

    async def _refresh(self, kept: Kept[T], grant: Grant | None) -> T | None:
        if grant is None or grant.refresh_token is None:
            return await kept.end()
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "resource": grant.resource}
        try:
            tokens = await exchange(self._http, grant.server, grant.client, form)
        except GrantRefused:
            return await kept.end()
        except ServerAway:
            return await kept.postpone()
        rotated = msgspec.structs.replace(grant, refresh_token=tokens.refresh_token or grant.refresh_token)
        stored = await kept.store(rotated, tokens)
        if not stored.is_kept and tokens.refresh_token not in (None, grant.refresh_token):
            await revoke(self._http, grant.server, grant.client, tokens.refresh_token, "refresh_token")
        return stored.value


def _busy(name: str) -> UpstreamError:
    return UpstreamError(
        Fault.TIMED_OUT,
        f"{name} was not called: its sign-in could not be renewed in time.",
        connection=name,
        next_step="Try again in a moment.",
        was_asked=False,
    )
