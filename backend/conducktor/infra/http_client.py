"""The only way out: every outgoing HTTP connection of the product is opened, checked and bounded here."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from conducktor.infra.address_guard import AddressGuard

MAX_BODY_BYTES = 10 * 1024 * 1024


class Response:
    """A response whose head has arrived. Its body is bounded; what is not read closes the connection."""

    status: int
    headers: Mapping[str, str]

    async def read(self) -> bytes:
        """The whole body, decompressed. Raises TooLarge, TimedOut, BrokenResponse."""
        raise NotImplementedError

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises as `read`."""
        raise NotImplementedError


class Exchange:
    """One request on its way: `async with` it to get the response."""

    async def __aenter__(self) -> Response:
        raise NotImplementedError

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        raise NotImplementedError


class HttpClient:
    """Use it as `async with HttpClient(AddressGuard(settings.outbound_allow)) as http`."""

    def __init__(self, guard: AddressGuard, *, ca_file: Path | None = None, connections_per_host: int = 256) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def post(
        self, url: str, *, headers: Mapping[str, str], body: bytes, deadline_s: float, max_bytes: int = MAX_BODY_BYTES
    ) -> Exchange:
        """POST; raises AddressRefused, ConnectFailed, TlsFailed, TimedOut, TooLarge, BrokenResponse when entered."""
        raise NotImplementedError

    def get(self, url: str, *, headers: Mapping[str, str], deadline_s: float, max_bytes: int = MAX_BODY_BYTES) -> Exchange:
        """As `post`."""
        raise NotImplementedError
