"""The only way out: every outgoing HTTP connection of the product is opened, checked and bounded here.

No redirects, no cookies, no proxies of the environment; certificates are always verified; a connection goes to an
address that the guard has seen, and to no other.
"""

import asyncio
import copy
import errno
import re
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from conducktor.core.errors import Invalid
from conducktor.infra.address_guard import AddressGuard, AddressRefused, parse_address
from conducktor.infra.guarded_resolver import GuardedResolver
from conducktor.infra.http_errors import BrokenResponse, KeyChanged, TooLarge
from conducktor.infra.http_failures import translated
from conducktor.infra.http_syntax import parse_url
from conducktor.infra.name_lookup import Lookup, SystemLookup
from conducktor.infra.pinning import NO_KEY, PinnedContext, PinningConnector, Pins, pinned_context
from conducktor.infra.tls_trust import client_context
from conducktor.settings import Settings

MAX_BODY_BYTES = 10 * 1024 * 1024
DNS_CACHE_S = 10  # short: a service that moves is found again, and a rebinding name is judged again
KEEP_ALIVE_S = 15.0
LINGER_S = 1.0


class HttpClient:
    """One pool for the whole process: `start()` on the event loop that uses it, `close()` at the end."""

    def __init__(
        self,
        settings: Settings,
        *,
        lookup: Lookup | None = None,
        connections_per_host: int = 256,
        connect_timeout_s: float = 5.0,
    ) -> None:
        """Raises Invalid when CONDUCKTOR_OUTBOUND_ALLOW or CONDUCKTOR_OUTBOUND_CA_FILE is unusable.

        A server that hangs can hold `connections_per_host` connections, and no more than its own.
        """
        self._guard = AddressGuard(settings.outbound_allow)
        self._tls = client_context(settings.outbound_ca_file)
        self._authorities = settings.outbound_ca_file
        self._pinned: PinnedContext | None = None
        self._system_lookup = SystemLookup()
        self._lookup: Lookup = lookup or self._system_lookup
        self._connections_per_host = connections_per_host
        self._connect_timeout_s = connect_timeout_s
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._checked = lru_cache(maxsize=4096)(self._check_url)
        self._timeout = lru_cache(maxsize=256)(self._limits)

    async def start(self) -> None:
        for scheme in ("https", "http"):
            self._sessions[scheme] = aiohttp.ClientSession(
                connector=self._connector(encrypted=scheme == "https"),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Conducktor"},
                trust_env=False,
            )

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        self._system_lookup.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        deadline_s: float | None,
        max_bytes: int | None = MAX_BODY_BYTES,
    ) -> "Exchange":
        """POST. `deadline_s` covers everything up to the last byte read; None is for streams that stay open.

        Raises Invalid, AddressRefused, ConnectFailed, TlsFailed, TimedOut, BrokenResponse when entered.
        """
        return Exchange(self, "POST", url, headers, body, deadline_s, max_bytes)

    def get(
        self, url: str, *, headers: Mapping[str, str], deadline_s: float | None, max_bytes: int | None = MAX_BODY_BYTES
    ) -> "Exchange":
        """GET; as `post`. Sent again once when a pooled connection turns out dead."""
        return Exchange(self, "GET", url, headers, None, deadline_s, max_bytes)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline_s: float | None,
        max_bytes: int | None = MAX_BODY_BYTES,
    ) -> "Exchange":
        """Any method, in capitals; as `post`. Idempotent ones are sent again as `get` is. The URL is sent as it is encoded."""
        return Exchange(self, method, url, headers, body, deadline_s, max_bytes, _is_exact=True)

    def delete(self, url: str, *, headers: Mapping[str, str], deadline_s: float | None) -> "Exchange":
        """DELETE; as `get`."""
        return Exchange(self, "DELETE", url, headers, None, deadline_s, MAX_BODY_BYTES)

    def pinned(self, pins: Pins) -> "HttpClient":
        """This client toward a server that must show one of these keys; it shares everything, and is not started or closed."""
        if not pins:
            return self
        client = copy.copy(self)
        client._pinned = pinned_context(self._authorities, pins)
        return client

    async def shown_pin(self, url: str, *, deadline_s: float) -> str:
        """The pin of the key that the server shows now; certificate and name are verified, nothing is sent. Raises as `get`."""
        try:
            async with self.pinned(NO_KEY).get(url, headers={}, deadline_s=deadline_s):
                raise BrokenResponse(f"{url} shows no key.")
        except KeyChanged as error:
            return error.shown

    def check_url(self, url: str) -> None:
        """Whether `url` could be requested, as far as it can be told without asking for its addresses.

        Raises Invalid or AddressRefused. For forms: a name may still lead to a forbidden address later.
        """
        self._checked(url)

    def _check_url(self, text: str) -> URL:
        url = parse_url(text)
        host = url.raw_host or ""
        self._guard.check_name(host)
        address = parse_address(host)
        if address is not None:  # aiohttp asks no resolver for these
            self._guard.check(host, (address,), url.port or 0, encrypted=url.scheme == "https")
        elif ":" in host or re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", host.rstrip(".").lower().rpartition(".")[2]):
            raise AddressRefused(
                f"{host} is an unusual spelling of an address.", next_step="Write it as four numbers, e.g. 192.0.2.1.", host=host
            )
        return url

    def _connector(self, *, encrypted: bool) -> PinningConnector:
        return PinningConnector(
            resolver=GuardedResolver(self._guard, self._lookup, encrypted=encrypted),
            socket_factory=self._open_socket,
            ssl=self._tls,
            limit=0,
            limit_per_host=self._connections_per_host,
            ttl_dns_cache=DNS_CACHE_S,
            keepalive_timeout=KEEP_ALIVE_S,
        )

    def _limits(self, deadline_s: float | None) -> aiohttp.ClientTimeout:
        total = None if deadline_s is None else max(deadline_s, 0.001)  # aiohttp takes 0 for endless
        return aiohttp.ClientTimeout(total=total, connect=self._connect_timeout_s, sock_connect=self._connect_timeout_s)

    def _open_socket(self, target: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = target
        try:
            self._guard.check_socket(ip_address(where[0]), where[1])
        except AddressRefused as refusal:
            raise PermissionError(errno.EACCES, refusal.detail) from None
        return socket.socket(family, kind, protocol)


@dataclass(slots=True)
class Exchange:
    """One request on its way: `async with` it to get the response. Leaving it half-read closes the connection."""

    _client: HttpClient
    _method: str
    _url: str
    _headers: Mapping[str, str]
    _body: bytes | None
    _deadline_s: float | None
    _max_bytes: int | None
    _is_exact: bool = False
    _response: "Response" = field(init=False)

    async def __aenter__(self) -> "Response":
        url = self._client._checked(self._url)
        if self._is_exact:
            url = _as_written(self._url, url)
        body = self._body
        try:
            response = await self._client._sessions[url.scheme].request(
                self._method,
                url,
                data=BytesIO(body) if body is not None and len(body) > 2**20 else body,  # aiohttp warns above 1 MiB
                headers=self._headers,
                allow_redirects=False,
                ssl=self._client._pinned or True,
                timeout=self._client._timeout(self._deadline_s),
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, url, self._deadline_s, before_answer=True) from None
        self._response = Response(response, url, self._deadline_s, self._max_bytes)
        return self._response

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._response._leave()


class Response:
    """A response whose head has arrived; `headers` ignore case. The body, decompressed, is bounded by `max_bytes`."""

    __slots__ = ("_deadline_s", "_lingers", "_max_bytes", "_read_bytes", "_response", "_url", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse, url: URL, deadline_s: float | None, max_bytes: int | None) -> None:
        self._response = response
        self._url = url
        self._deadline_s = deadline_s
        self._max_bytes = max_bytes
        self._read_bytes = 0
        self._lingers = False
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    async def read(self) -> bytes:
        """The whole body. Raises TooLarge, TimedOut, BrokenResponse."""
        if self._max_bytes is not None and (self._response.content_length or 0) > self._max_bytes:
            raise self._too_large()
        first = await self.next_chunk()
        if self._response.content.at_eof():
            return first
        pieces = [first]
        while piece := await self.next_chunk():
            pieces.append(piece)
        return b"".join(pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises as `read`."""
        while piece := await self.next_chunk():
            yield piece

    async def next_chunk(self) -> bytes:
        """What has arrived, at least one byte; empty at the end. Raises as `read`."""
        try:
            piece = await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise translated(error, self._url, self._deadline_s, before_answer=False) from None
        if self._max_bytes is not None:
            self._read_bytes += len(piece)
            if self._read_bytes > self._max_bytes:
                raise self._too_large()
        return piece

    def linger(self) -> None:
        """What was needed has come: let the body end by itself (at most 1 s), so that the connection stays usable."""
        self._lingers = True

    def _too_large(self) -> TooLarge:
        return TooLarge(f"{self._url.host} answered with more than {self._max_bytes:,} bytes.")

    def _leave(self) -> None:
        content = self._response.content
        if self._lingers and not content.is_eof():
            limit = asyncio.get_running_loop().call_later(LINGER_S, self._response.release)
            content.on_eof(limit.cancel)  # aiohttp itself returns the connection to the pool at the end of the body
        else:
            self._response.release()


def _as_written(text: str, checked: URL) -> URL:
    """Without yarl's own spelling of path and query, where `%2C` and `,` are different things. Raises Invalid."""
    exact = URL(text, encoded=True)
    if (exact.scheme, exact.raw_host, exact.port) != (checked.scheme, checked.raw_host, checked.port):
        raise Invalid("This is not a usable address: its server name is spelled unusually.")
    return exact
