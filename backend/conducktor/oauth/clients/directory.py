"""Finding the client behind a `client_id`."""

import asyncio
from datetime import timedelta

import structlog

from conducktor.core.clock import Clock
from conducktor.core.ids import ClientId
from conducktor.infra.database import Database
from conducktor.infra.http_client import HttpClient
from conducktor.oauth.clients import queries
from conducktor.oauth.clients.client import Client, ClientKind
from conducktor.oauth.clients.document import DocumentUnreachable, DocumentUnusable, fetch, is_document_url
from conducktor.oauth.clients.static import CHATGPT

log = structlog.get_logger()

BELIEVED_WHILE_UNREACHABLE = timedelta(hours=24)
FETCHES_AT_ONCE = 8  # anybody can make us fetch; not more than this at a time


class ClientUnknown(Exception):
    """Nobody is known by that client id; the message says why, for people."""


class Clients:
    """One per process."""

    def __init__(self, database: Database, http: HttpClient, clock: Clock) -> None:
        self._database = database
        self._http = http
        self._clock = clock
        self._fetches = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def known(self, client_id: str) -> Client | None:
        """A client that was seen before; for the token endpoint, where what it holds was bound to it already."""
        if client_id == CHATGPT.id:
            return CHATGPT
        stored = await self._stored(client_id)
        return stored.client if stored else None

    async def asking(self, client_id: str) -> Client:
        """A client that wants something now: its document is read again when it is not fresh. Raises ClientUnknown."""
        if client_id == CHATGPT.id:
            return CHATGPT
        stored = await self._stored(client_id)
        if stored and stored.client.kind is not ClientKind.DOCUMENT:
            return stored.client
        if not is_document_url(client_id):
            raise ClientUnknown("No app is registered here under this client id.")
        if stored and stored.fresh_until and stored.fresh_until > self._clock():
            return stored.client
        return await self._read_again(ClientId(client_id), stored)

    async def _read_again(self, client_id: ClientId, stored: queries.StoredClient | None) -> Client:
        now = self._clock()
        try:
            async with self._fetches:
                client, fresh_until = await fetch(self._http, client_id, now)
        except DocumentUnreachable as error:
            log.warning("client_document.unreachable", client=client_id)
            if stored and stored.fresh_until and now < stored.fresh_until + BELIEVED_WHILE_UNREACHABLE:
                return stored.client
            raise ClientUnknown(str(error)) from None
        except DocumentUnusable as error:
            log.warning("client_document.unusable", client=client_id)
            raise ClientUnknown(str(error)) from None
        async with self._database.transaction() as tx:
            await queries.put_document(tx, client, fresh_until, now)
        return client

    async def _stored(self, client_id: str) -> queries.StoredClient | None:
        if len(client_id) > 500 or "\0" in client_id:
            return None
        async with self._database.transaction() as tx:
            return await queries.find(tx, client_id)
