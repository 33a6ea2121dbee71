"""What all channels to upstreams share: the way out, request ids, who we are, and letters nobody waits for."""

import asyncio
import copy
import itertools
from collections.abc import Coroutine, Mapping
from contextlib import suppress

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import HttpClient
from conducktor.infra.pinning import Pins

LETTER_DEADLINE_S = 2.0
_MOST_LETTERS = 256  # more would mean an upstream that lets them all hang; later ones are dropped


class Outbox:
    """One per process. Letters are best effort: cancellations, refusals and goodbyes, each within 2 s."""

    def __init__(self, http: HttpClient, client_version: str, clock: Clock, standing_http: HttpClient | None = None) -> None:
        """`standing_http` is for streams that stay open, so that they never take a connection from a request."""
        self.http = http
        self.standing_http = standing_http or http
        self.clock = clock
        self.client_info = msgspec.Raw(
            msgspec.json.encode({"name": "conducktor", "title": "Conducktor", "version": client_version})
        )
        self._ids = itertools.count(1)
        self._letters: set[asyncio.Task[None]] = set()

    def pinned(self, pins: Pins) -> "Outbox":
        """The same, toward a server that must show one of these keys."""
        outbox = copy.copy(self)
        outbox.http, outbox.standing_http = self.http.pinned(pins), self.standing_http.pinned(pins)
        return outbox

    def new_id(self) -> int:
        return next(self._ids)

    def send_letter(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.in_background(self.post(url, headers, body))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """A letter, until it is delivered or given up."""
        with suppress(ConducktorError):
            async with self.http.post(url, headers=headers, body=body, deadline_s=LETTER_DEADLINE_S) as response:
                await response.read()

    def in_background(self, letter: Coroutine[None, None, None]) -> None:
        if len(self._letters) >= _MOST_LETTERS:
            letter.close()
            return
        task = asyncio.create_task(letter)
        self._letters.add(task)
        task.add_done_callback(self._letters.discard)

    async def close(self) -> None:
        """Give the last letters their 2 s, then stop."""
        if self._letters:
            _, late = await asyncio.wait(self._letters, timeout=LETTER_DEADLINE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
