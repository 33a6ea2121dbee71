"""Names to addresses, with threads of its own: a hanging name server delays nobody but those who ask it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from conducktor.infra.address_guard import Address

Lookup = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Every address of a name, best first. Raises OSError when there is none."""

_THREADS = 8


class SystemLookup:
    """Asks the operating system (hosts file, DNS). A `Lookup`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="name-lookup")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _ask, host, port)
        # A scope (`fe80::1%eth0`) is cut off: it marks a link-local address, which the guard then refuses.
        return tuple(dict.fromkeys(ip_address(text.partition("%")[0]) for text in found))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
