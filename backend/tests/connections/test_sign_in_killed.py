"""A process that is killed between a refresh and its storing: the service has rotated the token, we never read the new one."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg

from tests.connections.guarded import Guarded
from tests.connections.shelf import tool
from tests.connections.signing_in import connected, shown, sign_in
from tests.gateway.client import Client, text
from tests.product import Product, signed_up
from tests.support.rpc_server import result
from tests.support.served import Process, killed_in_the_end


class Murderous(Guarded):
    """Kills `victim` after it has rotated a refresh token for it, and before it says so."""

    victim: Process | None = None

    def _token(self, form: dict[str, str]) -> tuple[str, Any]:
        said = super()._token(form)
        if self.victim is not None and form["grant_type"] == "refresh_token":
            self.victim.kill()
            self.victim = None
        return said


async def test_after_kill_9_between_refresh_and_store_somebody_signs_in_again_and_nothing_loops(
    product: Product, tmp_path: Path
) -> None:
    async with Murderous(tool("take")) as service, await signed_up(product, "ada@example.com") as ada:
        service._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        await connected(ada, service)
        assert await sign_in(ada, service) == "done"
        async with await Client.authorized(product, ada, "lab") as here:
            victim = Process(product.parts.settings, product.parts.settings.origin, tmp_path / "victim.log")
            with killed_in_the_end([victim]):
                await victim.ready()
                service.expire()
                service.victim = victim
                async with victim.client(here) as there:
                    died = await asyncio.gather(there.call("guarded_take", text="x"), return_exceptions=True)
            assert isinstance(died[0], Exception), died
            assert service.refreshes == 1
            service.expire()  # of the token that nobody has
            await _let_the_lease_end(product)

            refused = [text(await here.call("guarded_take", text="x")) for _ in range(5)]

            assert all("waits for somebody to sign in" in each for each in refused), refused
            assert service.refreshes == 2  # once more with what was stored, and then no more
            assert (await shown(ada))["fault"] == "needs_sign_in"
            assert await sign_in(ada, service) == "done"
            assert text(await here.call("guarded_take", text="x")) == "taken"


async def _let_the_lease_end(product: Product) -> None:
    """The dead process' claim is there, and lasts for half a minute."""
    connection = await asyncpg.connect(product.parts.settings.database_url)
    (held,) = await connection.fetch(
        "UPDATE connection_sign_ins SET claimed_until = now() WHERE claimed_until > now() RETURNING 1"
    )
    assert held
    await connection.close()
