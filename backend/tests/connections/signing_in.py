"""A person who signs in to a guarded service through the product, as the pages do."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.connections.guarded import Guarded
from tests.product import Browser, decoded

BASE = "/api/workspaces/lab"


async def connected(browser: Browser, service: Guarded, name: str = "guarded") -> dict[str, Any]:
    made: dict[str, Any] = decoded(await browser.post(f"{BASE}/connections", {"name": name, "url": service.url, "auth": "oauth"}))
    return made


async def begun(browser: Browser, name: str = "guarded") -> str:
    """The service's page to which the browser is sent."""
    address: str = decoded(await browser.post(f"{BASE}/connections/{name}/sign-in"))["authorize_url"]
    return address


async def come_back(browser: Browser, address: str) -> httpx.Response:
    parts = urlsplit(address)
    return await browser.get(f"{parts.path}?{parts.query}")


async def sign_in(browser: Browser, service: Guarded, name: str = "guarded") -> str:
    """All the way; returns the result that the page is told."""
    returned = await come_back(browser, service.authorize(await begun(browser, name)))
    return result_of(returned)


def result_of(returned: httpx.Response) -> str:
    assert returned.status_code == 303, f"{returned.status_code} {returned.text}"
    return parse_qs(urlsplit(returned.headers["location"]).query)["sign_in"][0]


async def shown(browser: Browser, name: str = "guarded") -> dict[str, Any]:
    """The connection as its page has it."""
    view: dict[str, Any] = decoded(await browser.get(f"{BASE}/connections/{name}"))["connection"]
    return view
