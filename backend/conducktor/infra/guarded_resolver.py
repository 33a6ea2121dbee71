"""Names become addresses that the guard has seen, and no others."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.name_lookup import Lookup


class GuardedResolver(AbstractResolver):
    def __init__(self, guard: AddressGuard, lookup: Lookup, *, encrypted: bool) -> None:
        self._guard = guard
        self._lookup = lookup
        self._encrypted = encrypted

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        addresses = await self._lookup(host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        self._guard.check(host, addresses, port, encrypted=self._encrypted)
        return [
            ResolveResult(hostname=host, host=str(address), port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open here."""
