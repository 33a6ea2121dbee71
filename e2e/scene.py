"""One picture: where it is taken, by whom, and what is done on the page before."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
from playwright.async_api import Error, Page, Route

Act = Callable[[Page], Awaitable[None]]


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """`who` is signed in (nobody: None); `before` prepares the browser, `act` does something on the page."""

    name: str
    path: str
    who: str | None = "owner"
    before: Act | None = None
    act: Act | None = None
    is_loading: bool = False


def troubled(name: str, path: str) -> list[Scene]:
    """The same page while nothing has come yet, and when nothing comes."""
    return [
        Scene(name=f"{name}-loading", path=path, before=_unanswered, is_loading=True),
        Scene(name=f"{name}-failing", path=path, before=_failing),
    ]


def press(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("button", name=name, exact=True).first.click()

    return act


def press_link(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("link", name=name).first.click()

    return act


def is_data(url: str) -> bool:
    return ("/api/workspaces/" in url or "/api/account/" in url) and not url.endswith("/events")


async def _unanswered(page: Page) -> None:
    closed = asyncio.Event()

    async def keep_waiting(route: Route) -> None:
        await closed.wait()
        with suppress(Error):  # the page is gone, and its request with it
            await route.abort()

    page.once("close", lambda _: closed.set())
    await page.route(is_data, keep_waiting)


async def _failing(page: Page) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(
            status=500,
            content_type="application/problem+json",
            json={
                "title": "Conducktor failed.",
                "detail": "Something unexpected happened in this request; nothing was changed.",
                "next_step": "Try again. If it persists, tell your operator the time.",
            },
        )

    await page.route(is_data, refuse)
