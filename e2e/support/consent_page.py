"""Answering the consent page as a person does, in Chromium."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from playwright.async_api import Page, Route, expect

Check = Callable[[Page], Awaitable[None]]


class Departures:
    """Where a browser is sent beyond the product. It stays where it is, and no request goes out."""

    def __init__(self) -> None:
        self._seen: asyncio.Queue[str] = asyncio.Queue()

    @classmethod
    async def of(cls, page: Page, origin: str) -> Self:
        departures = cls()
        await page.route(lambda url: not url.startswith(f"{origin}/"), departures._stop)
        return departures

    async def next(self, within_s: float = 30.0) -> str:
        async with asyncio.timeout(within_s):
            return await self._seen.get()

    async def _stop(self, route: Route) -> None:
        self._seen.put_nowait(route.request.url)
        await route.fulfill(status=204)  # "no content": a browser keeps the page that it shows


class ConsentInChromium:
    """Stands for the person whose browser a client opens. `check` looks at the page before anything is pressed."""

    def __init__(self, page: Page, origin: str, *, check: Check | None = None) -> None:
        self._page = page
        self._origin = origin
        self._check = check

    async def consent(self, authorization_url: str, *, workspace: str) -> str:
        """Authorize for the workspace of that name; where the browser is sent then."""
        departures = await Departures.of(self._page, self._origin)
        await self._page.goto(authorization_url)
        await expect(self._page.get_by_role("button", name="Authorize")).to_be_visible()
        if self._check:
            await self._check(self._page)
        await choose_workspace(self._page, workspace)
        await self._page.get_by_role("button", name="Authorize").click()
        return await departures.next()


async def choose_workspace(page: Page, name: str) -> None:
    await page.get_by_role("combobox", name="Workspace").click()
    await page.get_by_role("option", name=name).click()
