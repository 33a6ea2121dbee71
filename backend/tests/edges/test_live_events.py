"""Open pages hear of changes at once, and nobody keeps a stream he may not have any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from conducktor.edges.live_events import OpenPages
from tests.product import Browser, Product, decoded, signed_up
from tests.support.promptly import PATIENCE_S, PROMPTLY_S


@asynccontextmanager
async def stream(browser: Browser, workspace: str) -> AsyncIterator[AsyncIterator[str]]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    url = f"{browser.url}/api/workspaces/{workspace}/events"
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as http,
        http.stream("GET", url, headers={"Cookie": cookies, "Accept": "text/event-stream"}) as response,
    ):
        assert response.status_code == 200
        yield response.aiter_lines()


async def heard(lines: AsyncIterator[str], part: str, within_s: float = PATIENCE_S) -> str:
    async with asyncio.timeout(within_s):
        async for line in lines:
            if part in line:
                return line
    raise AssertionError(f"the stream ended before {part!r}")


async def test_a_change_reaches_an_open_page_within_a_second(product: Product) -> None:
    async with await signed_up(product, "ada@example.com") as ada, stream(ada, "lab") as lines:
        await heard(lines, "event: ready")
        decoded(await ada.post("/api/workspaces/lab/invitations", {"email": "bob@example.com", "role": "member"}))
        assert await heard(lines, '"topic":"members"', within_s=PROMPTLY_S)


async def test_a_stream_ends_within_five_seconds_of_signing_out_however_busy_the_workspace(product: Product) -> None:
    async with await signed_up(product, "ada@example.com") as ada, await signed_up(product, "bob@example.com", name="Bob") as bob:
        other = Browser(product.url)
        await other.sign_in("ada@example.com")
        del bob
        async with stream(other, "lab") as lines:
            await heard(lines, "event: ready")
            assert (await other.post("/api/sign-out")).is_success
            busy = asyncio.create_task(_keep_changing(ada))
            async with asyncio.timeout(5 + PROMPTLY_S):
                async for _ in lines:
                    pass
            busy.cancel()
        await other.__aexit__()


async def test_another_workspaces_stream_does_not_exist(product: Product) -> None:
    async with (
        await signed_up(product, "ada@example.com"),
        await signed_up(product, "bob@example.com", workspace_name="Attic") as bob,
    ):
        answer = await bob.get("/api/workspaces/lab/events")
        assert answer.status_code == 404


async def test_a_server_that_stops_ends_open_streams_at_once(product: Product) -> None:
    async with await signed_up(product, "ada@example.com") as ada, stream(ada, "lab") as lines:
        await heard(lines, "event: ready")

        pages: OpenPages = product.app.state["open_pages"]
        pages.close()

        async with asyncio.timeout(PROMPTLY_S):
            async for _ in lines:
                pass


async def _keep_changing(ada: Browser) -> None:
    number = 0
    while True:
        number += 1
        await ada.patch("/api/workspaces/lab", {"name": f"Lab {number}"})
        await asyncio.sleep(0.2)
