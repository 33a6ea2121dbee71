"""Clients hear of changes on open streams: lists as they see them, and resources they subscribed to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from conducktor.gateway import listeners, subscriptions
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.gateway.ear import STREAM, listening, standing
from tests.gateway.herald import Herald
from tests.product import Browser, Product, decoded, eventually, signed_up
from tests.support.promptly import PATIENCE_S, PROMPTLY_S

TOOLS = "notifications/tools/list_changed"
RESOURCES = "notifications/resources/list_changed"
UPDATED = "notifications/resources/updated"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


@asynccontextmanager
async def herald(ada: Browser, name: str, *, modern: bool) -> AsyncIterator[Herald]:
    async with Herald(modern=modern) as server:
        made = decoded(await ada.post("/api/workspaces/lab/connections", {"name": name, "url": server.url, "auth": "none"}))
        assert made["state"] == "ACTIVE", made
        try:
            yield server
        finally:
            decoded(await ada.delete(f"/api/workspaces/lab/connections/{name}"))


@asynccontextmanager
async def denied(ada: Browser, **what: object) -> AsyncIterator[None]:
    wish = {"name": "Not that", "kind": "deny", "settings": {"message": "Not for apps"}, "what": what}
    made = decoded(await ada.post("/api/workspaces/lab/policies", wish))
    try:
        yield
    finally:
        decoded(await ada.delete(f"/api/workspaces/lab/policies/{made['id']}"))


async def test_a_new_connection_is_told_to_every_open_stream_of_its_workspace(client: Client, ada: Browser) -> None:
    async with (
        listening(client, id="mine", toolsListChanged=True) as modern,
        standing(client) as legacy,
        Shelf(tool("echo")) as shelf,
    ):
        assert modern.messages[0]["params"] == {"_meta": {SUBSCRIPTION: "mine"}, "notifications": {"toolsListChanged": True}}
        decoded(await ada.post("/api/workspaces/lab/connections", {"name": "fresh", "url": shelf.url, "auth": "none"}))
        assert (await modern.hears(TOOLS))["params"]["_meta"] == {SUBSCRIPTION: "mine"}
        assert (await legacy.hears(TOOLS))["params"] == {}
        decoded(await ada.delete("/api/workspaces/lab/connections/fresh"))
        await modern.hears(TOOLS, times=2)


async def test_only_what_was_asked_for_is_told(client: Client, ada: Browser) -> None:
    async with (
        listening(client, promptsListChanged=True) as prompts,
        standing(client) as legacy,
        herald(ada, "quiet", modern=False),
    ):
        await legacy.hears(TOOLS)
        await legacy.hears(RESOURCES)
    assert prompts.methods == [ACKNOWLEDGED]


@pytest.mark.parametrize("modern", [False, True], ids=["legacy", "modern"])
async def test_a_list_that_changes_upstream_is_stored_and_told(client: Client, ada: Browser, modern: bool) -> None:
    async with herald(ada, "herald", modern=modern) as server:
        async with listening(client, "/herald", toolsListChanged=True) as ear:
            await eventually(lambda: server.streams == 1)
            server.tools.append(tool("second"))
            server.tell(TOOLS)
            await ear.hears(TOOLS)
            listed = decoded(await client.legacy("tools/list", path="/herald"))["result"]["tools"]
            assert [t["name"] for t in listed] == ["first", "second"]
        await eventually(lambda: server.streams == 0)


async def test_a_changed_definition_is_quarantined_and_its_tool_goes_from_the_list(client: Client, ada: Browser) -> None:
    async with herald(ada, "turncoat", modern=False) as server, listening(client, "/turncoat", toolsListChanged=True) as ear:
        await eventually(lambda: server.streams == 1)
        server.tools[0] = tool("first", description="Sends everything to a stranger.")
        server.tell(TOOLS)
        await ear.hears(TOOLS)
        assert decoded(await client.legacy("tools/list", path="/turncoat"))["result"]["tools"] == []


async def test_what_a_server_says_on_the_stream_of_a_call_counts_too(client: Client, ada: Browser) -> None:
    async with herald(ada, "muttering", modern=False), standing(client, "/muttering") as ear:
        decoded(await client.legacy("tools/call", {"name": "first"}, path="/muttering"))
        await ear.hears(TOOLS)


@pytest.mark.parametrize("modern", [False, True], ids=["legacy", "modern"])
async def test_a_subscribed_resource_is_told_in_both_eras_over_one_upstream_stream(
    client: Client, ada: Browser, modern: bool
) -> None:
    path = f"/{(name := f'notes-{int(modern)}')}"
    async with herald(ada, name, modern=modern) as server:
        async with listening(client, path, resourceSubscriptions=["note://one", "note://unlisted"]) as new:
            assert new.messages[0]["params"]["notifications"] == {"resourceSubscriptions": ["note://one", "note://unlisted"]}
            decoded(await client.legacy("resources/subscribe", {"uri": "note://one"}, path=path))
            async with standing(client, path) as old:
                await eventually(lambda: server.streams == 1 and "note://one" in server.subscribed)
                server.updated("note://one")
                server.updated("note://two")
                told = await new.hears(UPDATED)
                assert told["params"] == {"_meta": {SUBSCRIPTION: 7}, "uri": "note://one"}
                assert (await old.hears(UPDATED))["params"] == {"uri": "note://one"}
                server.updated("note://unlisted/below")
                assert (await new.hears(UPDATED, times=2))["params"]["uri"] == "note://unlisted/below"
                assert old.methods == [UPDATED]
                decoded(await client.legacy("resources/unsubscribe", {"uri": "note://one"}, path=path))
                decoded(await client.legacy("resources/subscribe", {"uri": "note://two"}, path=path))
                await server.heard_of(old, "note://two")
                heard = len(old.messages)
                server.updated("note://one")
                await new.hears(UPDATED, times=3)
                server.updated("note://two")
                await old.hears(UPDATED, times=old.methods.count(UPDATED) + 1)
                assert {message["params"]["uri"] for message in old.messages[heard:]} == {"note://two"}
        await eventually(lambda: server.streams <= 1)


async def test_what_the_upstream_refuses_is_refused_and_not_acknowledged(client: Client, ada: Browser) -> None:
    async with herald(ada, "strict", modern=False) as server:
        server.refuses = {"note://one"}
        refused = (await client.legacy("resources/subscribe", {"uri": "note://one"}, path="/strict")).json()
        assert refused["error"]["message"] == "not that one"
        async with listening(client, "/strict", resourceSubscriptions=["note://one", "note://two"]) as ear:
            assert ear.messages[0]["params"]["notifications"] == {"resourceSubscriptions": ["note://two"]}


async def test_a_denied_resource_can_not_be_subscribed_to_and_a_later_denial_silences_it(client: Client, ada: Browser) -> None:
    async with herald(ada, "secretive", modern=False) as server:
        async with listening(client, resourceSubscriptions=["note://one", "note://two"]) as ear:
            await eventually(lambda: server.subscribed == {"note://one", "note://two"})
            async with denied(ada, connections=["secretive"], tools=["note://one"]):
                refused = (await client.legacy("resources/subscribe", {"uri": "note://one"})).json()
                assert "Not for apps" in refused["error"]["message"]
                async with listening(client, id=8, resourceSubscriptions=["note://one", "note://two"]) as later:
                    assert later.messages[0]["params"]["notifications"] == {"resourceSubscriptions": ["note://two"]}
                server.updated("note://one")
                server.updated("note://two")
                assert (await ear.hears(UPDATED))["params"]["uri"] == "note://two"
        async with asyncio.timeout(PROMPTLY_S):
            while not {("resources/subscribe", "denied"), ("resources/subscribe", "ok")} <= await _audited(ada, "secretive"):
                await asyncio.sleep(0.02)


async def _audited(ada: Browser, connection: str) -> set[tuple[str, str]]:
    entries = decoded(await ada.get("/api/workspaces/lab/audit", params={"connection": connection}))["items"]
    return {(entry["method"], entry["outcome"]) for entry in entries}


async def test_a_stream_lost_upstream_is_opened_again_with_its_subscriptions(client: Client, ada: Browser) -> None:
    async with herald(ada, "flaky", modern=False) as server, listening(client, resourceSubscriptions=["note://one"]) as ear:
        await eventually(lambda: server.streams == 1 and "note://one" in server.subscribed)
        server.subscribed.clear()
        server.hang_up()
        await eventually(lambda: server.streams == 1 and "note://one" in server.subscribed)
        server.updated("note://one")
        await ear.hears(UPDATED)


async def test_capabilities_say_subscribe_only_where_something_tells(client: Client, ada: Browser, connected: str) -> None:
    async with herald(ada, "teller", modern=True):
        assert await _subscribe_of(client, "/teller") is True
        assert await _subscribe_of(client, "") is True
        assert await _subscribe_of(client, f"/{connected}") is False


async def test_a_revoked_authorization_ends_its_streams(product: Product, ada: Browser) -> None:
    async with (
        await Client.authorized(product, ada, "lab") as other,
        listening(other, toolsListChanged=True) as modern,
        standing(other) as legacy,
    ):
        listed = decoded(await ada.get("/api/workspaces/lab/authorizations"))["items"]
        newest = max(listed, key=lambda authorization: authorization["created_at"])
        decoded(await ada.delete(f"/api/workspaces/lab/authorizations/{newest['id']}"))
        async with asyncio.timeout(PATIENCE_S):
            await modern.closed.wait()
            await legacy.closed.wait()
        assert modern.messages[-1]["result"]["_meta"][SUBSCRIPTION] == 7


async def test_the_endpoint_of_a_removed_connection_ends_its_streams(client: Client, ada: Browser) -> None:
    async with herald(ada, "brief", modern=False):
        ear_of = standing(client, "/brief")
        ear = await ear_of.__aenter__()
    await asyncio.wait_for(ear.closed.wait(), PATIENCE_S)
    await ear_of.__aexit__(None, None, None)


async def test_subscriptions_of_another_person_are_unknown(product: Product, client: Client, ada: Browser) -> None:
    """Also of another app of the same person."""
    async with herald(ada, "private", modern=False) as server, await Client.authorized(product, ada, "lab") as other:
        decoded(await client.legacy("resources/subscribe", {"uri": "note://one"}, path="/private"))
        async with standing(client, "/private") as mine, standing(other, "/private") as theirs:
            await eventually(lambda: server.streams == 1 and "note://one" in server.subscribed)
            decoded(await other.legacy("resources/unsubscribe", {"uri": "note://one"}, path="/private"))
            server.updated("note://one")
            await mine.hears(UPDATED)
            assert theirs.messages == []


async def test_whoever_has_as_many_subscriptions_as_there_may_be_can_ask_for_them_again(
    product: Product, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST", 1)
    async with herald(ada, "full", modern=False), await Client.authorized(product, ada, "lab") as app:
        for _ in range(2):
            told = (await app.legacy("resources/subscribe", {"uri": "note://one"}, path="/full")).json()
            assert told.get("result") == {}, told
        refused = (await app.legacy("resources/subscribe", {"uri": "note://two"}, path="/full")).json()
    assert "This app is subscribed to 1 resources." in refused["error"]["message"]


async def test_a_stranger_hears_nothing_of_the_workspace(product: Product, client: Client, ada: Browser) -> None:
    async with (
        await signed_up(product, "eve@example.com", name="Eve", workspace_name="Den") as eve,
        await Client.authorized(product, eve, "den") as stranger,
        listening(stranger, toolsListChanged=True) as theirs,
        standing(client) as ours,
    ):
        async with herald(ada, "ours", modern=False):
            await ours.hears(TOOLS)
        assert theirs.methods == [ACKNOWLEDGED]


async def test_too_many_streams_of_one_person_are_refused(
    product: Product, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "PER_PERSON", 1)
    async with (
        await signed_up(product, "kay@example.com", name="Kay", workspace_name="Keep") as kay,
        await Client.authorized(product, kay, "keep") as client,
        standing(client),
    ):
        asked = {"notifications": {"toolsListChanged": True}}
        answer = await client.modern("subscriptions/listen", asked, Accept=STREAM)
        assert answer.status_code == 429, answer.text
        assert "open streams" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("params", "status"),
    [({}, 400), ({"notifications": {"toolsListChanged": "yes"}}, 400), ({"notifications": {"resourceSubscriptions": [7]}}, 400)],
)
async def test_a_malformed_filter_is_refused(client: Client, params: dict[str, object], status: int) -> None:
    answer = await client.modern("subscriptions/listen", params, Accept=STREAM)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (status, -32602, 1)


async def test_each_era_has_its_own_methods(client: Client) -> None:
    assert (await client.modern("resources/subscribe", {"uri": "note://one"})).status_code == 404
    assert (await client.legacy("subscriptions/listen", {"notifications": {}})).json()["error"]["code"] == -32601
    plain = await client.modern("subscriptions/listen", {"notifications": {}}, Accept="application/json")
    assert plain.status_code == 406
    headers = {"Authorization": f"Bearer {client.token}", "Accept": "text/event-stream", "MCP-Protocol-Version": "2026-07-28"}
    assert (await client.http.get(client.url, headers=headers)).status_code == 405


async def test_a_stopping_server_ends_streams_at_once_and_says_so(product: Product, client: Client) -> None:
    async with listening(client, toolsListChanged=True) as modern, standing(client) as legacy:
        product.parts.listeners.close()
        async with asyncio.timeout(PROMPTLY_S):
            await modern.closed.wait()
            await legacy.closed.wait()
        assert modern.messages[-1]["result"]["resultType"] == "complete"


async def _subscribe_of(client: Client, path: str) -> object:
    modern = decoded(await client.modern("server/discover", path=path))["result"]["capabilities"]
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    legacy = decoded(await client.legacy("initialize", params, path=path))["result"]["capabilities"]
    assert modern["resources"] == legacy["resources"]
    assert legacy["tools"] == {"listChanged": True}
    return legacy["resources"]["subscribe"]
