"""A service that wants more access than the sign-in has is asked for it at the next sign-in, by a person, and only once."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.guarded import Guarded
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, begun, come_back, connected, result_of, shown, sign_in
from tests.gateway.client import Client, text
from tests.product import Browser, Product, decoded, signed_up
from tests.support.rpc_server import result


@pytest.fixture
async def service() -> AsyncIterator[Guarded]:
    async with Guarded(tool("take"), tool("put")) as server:
        server._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"done"}]}')
        server.wanted = {"put": "things:write"}
        yield server


@pytest.fixture
async def ada(product: Product, service: Guarded) -> AsyncIterator[Browser]:
    """Signed in to the service, for what it asked for."""
    async with await signed_up(product, "ada@example.com") as browser:
        await connected(browser, service)
        assert await sign_in(browser, service) == "done"
        yield browser


@pytest.fixture
async def client(product: Product, ada: Browser) -> AsyncIterator[Client]:
    async with await Client.authorized(product, ada, "lab") as authorized:
        yield authorized


async def test_a_refused_call_says_what_to_do_and_works_after_somebody_signed_in_for_more(
    client: Client, service: Guarded, ada: Browser
) -> None:
    refused = await client.call("guarded_put", text="x")
    assert refused["isError"] is True
    assert "things:write" in text(refused)
    assert "presses Sign in" in text(refused)
    assert text(await client.call("guarded_take", text="x")) == "done"

    view = await shown(ada)
    assert (view["state"], view["fault"]) == ("ACTIVE", "needs_more_access")
    assert "things:write" in view["reason"]
    address = await begun(ada)
    assert parse_qs(urlsplit(address).query)["scope"] == ["things:read things:write"]
    assert result_of(await come_back(ada, service.authorize(address))) == "done"

    assert text(await client.call("guarded_put", text="x")) == "done"
    assert (await shown(ada))["fault"] is None


async def test_a_check_that_goes_well_does_not_forget_that_access_is_lacking(
    client: Client, service: Guarded, ada: Browser
) -> None:
    await client.call("guarded_put", text="x")

    report = decoded(await ada.post(f"{BASE}/connections/guarded/test"))

    assert report["connection"]["fault"] == "needs_more_access"


async def test_nobody_is_asked_to_sign_in_again_for_what_was_asked_for_already(
    client: Client, service: Guarded, ada: Browser
) -> None:
    service.wanted = {"put": "things:read"}
    for granted in service.scopes.values():
        granted.clear()  # the service gave less than it was asked for

    refused = await client.call("guarded_put", text="x")

    assert "although its sign-in asked for what it takes" in text(refused)
    assert (await shown(ada))["fault"] is None


async def test_a_scope_that_is_none_is_not_asked_for(client: Client, service: Guarded, ada: Browser) -> None:
    for scope in (" ", "x" * 2_000, "caf\xe9"):
        service.wanted = {"put": scope}
        assert (await client.call("guarded_put", text="x"))["isError"] is True
    assert (await shown(ada))["fault"] is None
