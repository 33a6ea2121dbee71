"""A toolset's own endpoint: what is offered there, what is unknown there, and what the trail says."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connections.shelf import tool
from tests.gateway.client import Client, text
from tests.gateway.selecting import BASE, Library, listed, make_toolset, until_listed
from tests.oauth.app import App
from tests.product import Browser, Product, decoded
from tests.support.promptly import PATIENCE_S

PATH = "/toolsets/reading"


@pytest.fixture
async def library(ada: Browser) -> AsyncIterator[Library]:
    async with Library(ada) as server:
        await server.connect()
        yield server
        await server.disconnect()


async def test_a_toolset_offers_what_was_picked_and_nothing_else(library: Library, client: Client, ada: Browser) -> None:
    made = await make_toolset(ada, tools=["library_find"])
    await until_listed(client, PATH, ["library_find"])

    assert (made["count"], made["endpoint"].rsplit("/api", 1)[1]) == (1, "/conducktor-mcp/toolsets/reading")
    found = decoded(await client.legacy("tools/call", {"name": "library_find", "arguments": {"text": "x"}}, path=PATH))
    assert text(found["result"]) == "done"
    for outside in ("library_lend", "find", "conducktr_list_connections", "library_nothing"):
        refused = decoded(await client.legacy("tools/call", {"name": outside}, path=PATH))
        assert refused["error"]["message"].startswith(f"Unknown tool: {outside}.")
    assert library.calls == ["find"]


async def test_a_rule_takes_in_what_appears_later_and_a_pick_does_not(library: Library, client: Client, ada: Browser) -> None:
    await make_toolset(ada, rules=[{"connections": ["library"], "classes": ["read"]}])
    await make_toolset(ada, name="picked", tools=["library_find", "library_lend"])
    library.tools += [tool(name, annotations={"readOnlyHint": True}) for name in ("look", "seek")]
    decoded(await ada.post(f"{BASE}/connections/library/test"))

    await until_listed(client, PATH, ["library_find", "library_look", "library_seek"])
    decoded(await ada.patch(f"{BASE}/toolsets/reading", {"left_out": ["library_seek"]}))
    await until_listed(client, PATH, ["library_find", "library_look"])
    assert await listed(client, "/toolsets/picked") == ["library_find", "library_lend"]


async def test_conducktors_own_tools_are_there_only_where_the_admin_wants_them(
    library: Library, client: Client, ada: Browser
) -> None:
    await make_toolset(ada, tools=["library_find"])
    await until_listed(client, PATH, ["library_find"])
    decoded(await ada.patch(f"{BASE}/toolsets/reading", {"has_own_tools": True, "tools": []}))

    everything = [name for name in await listed(client) or [] if name.startswith("conducktr_")]
    await until_listed(client, PATH, everything)
    said = decoded(await client.legacy("tools/call", {"name": "conducktr_list_toolsets"}, path=PATH))
    assert said["result"]["structuredContent"]["items"][0]["name"] == "reading"


async def test_a_toolset_introduces_itself(library: Library, client: Client, ada: Browser) -> None:
    await make_toolset(ada, title="Reading room", description="Looking things up", tools=["library_find"])
    await until_listed(client, PATH, ["library_find"])

    legacy = decoded(await client.legacy("initialize", {"protocolVersion": "2025-11-25"}, path=PATH))["result"]
    modern = decoded(await client.modern("server/discover", path=PATH))["result"]
    assert legacy["serverInfo"]["name"] == "conducktor-reading"
    assert legacy["serverInfo"]["title"] == "Reading room · Conducktor"
    assert "They are for: Looking things up." in legacy["instructions"]
    assert modern["_meta"]["io.modelcontextprotocol/serverInfo"] == legacy["serverInfo"]


async def test_it_has_tools_only_and_ends_with_its_deletion(library: Library, client: Client, ada: Browser) -> None:
    library.resources = [{"uri": "book://1", "name": "one"}]
    library.prompts = [{"name": "tell"}]
    decoded(await ada.post(f"{BASE}/connections/library/test"))
    await make_toolset(ada, rules=[{}])
    await until_listed(client, PATH, [name for name in await listed(client) or [] if not name.startswith("conducktr_")])

    for kind, key in (("resources", "resources"), ("prompts", "prompts"), ("resources/templates", "resourceTemplates")):
        assert decoded(await client.legacy(f"{kind}/list", path=PATH))["result"][key] == []
    assert "error" in decoded(await client.legacy("resources/read", {"uri": "book://1"}, path=PATH))
    assert "error" in decoded(await client.legacy("prompts/get", {"name": "library_tell"}, path=PATH))

    await ada.delete(f"{BASE}/toolsets/reading")
    await until_listed(client, PATH, None)
    assert (await client.legacy("tools/call", {"name": "library_find"}, path=PATH)).status_code == 404


async def test_the_audit_says_by_which_toolset_a_call_came(library: Library, client: Client, ada: Browser) -> None:
    await make_toolset(ada, tools=["library_find"])
    await until_listed(client, PATH, ["library_find"])
    decoded(await client.legacy("tools/call", {"name": "library_find"}, path=PATH))
    decoded(await client.legacy("tools/call", {"name": "library_find"}))

    newest: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(newest) < 2:
            lines = decoded(await ada.get(f"{BASE}/audit", params={"tool": "find"}))["items"][:2]
            newest = [line for line in lines if line["outcome"]]
    details = [decoded(await ada.get(f"{BASE}/audit/{line['id']}")) for line in newest]
    assert [(detail["decision"] or {}).get("toolset") for detail in details] == [None, "reading"]


async def test_a_token_for_a_toolset_is_good_there_only(library: Library, product: Product, ada: Browser, client: Client) -> None:
    await make_toolset(ada, tools=["library_find"])
    await make_toolset(ada, name="writing", tools=["library_lend"])
    await until_listed(client, "/toolsets/writing", ["library_lend"])
    app = App(product)
    app.resource = f"{app.resource}/toolsets/reading"
    tokens = await app.tokens(ada, "lab")

    async with Client(product, tokens.access_token) as narrow:
        assert await listed(narrow, PATH) == ["library_find"]
        for elsewhere in ("", "/library", "/toolsets/writing"):
            assert (await narrow.legacy("tools/list", path=elsewhere)).status_code == 401, elsewhere


async def test_a_toolset_has_metadata_of_its_own(product: Product, ada: Browser) -> None:
    resource = f"{product.parts.settings.resource}/toolsets/reading"
    below = "/.well-known/oauth-protected-resource/api/conducktor-mcp/toolsets"
    async with Client(product, "no-token") as nobody:
        challenge = (await nobody.legacy("tools/list", path=PATH)).headers["www-authenticate"]

    assert decoded(await ada.get(f"{below}/reading"))["resource"] == resource
    assert f"{below}/reading" in challenge
    assert (await ada.get(f"{below}/Not%20a%20name")).status_code == 404
    assert decoded(await ada.get("/.well-known/oauth-authorization-server/api/conducktor-mcp/toolsets/reading"))["issuer"]


@pytest.mark.parametrize("resource", ["/toolsets", "/toolsets/", "/toolsets/a/b", "/toolsets/../x", "/toolsets/A"])
async def test_what_is_no_toolset_is_no_resource(product: Product, ada: Browser, resource: str) -> None:
    app = App(product)
    asked = await app.ask(ada, resource=app.resource + resource)
    assert "error=invalid_target" in asked.headers["location"]


async def test_a_toolset_is_refused_with_reasons(library: Library, ada: Browser) -> None:
    unnamed = await ada.post(f"{BASE}/toolsets", {"name": "Reading room"})
    unknown = await ada.post(f"{BASE}/toolsets", {"name": "reading", "tools": ["library_find", "library_never"]})
    await make_toolset(ada)
    twice = await ada.post(f"{BASE}/toolsets", {"name": "reading"})

    assert unnamed.json()["errors"].keys() == {"name"}
    assert unknown.json()["errors"] == {"tools": "Unknown: library_never."}
    assert (twice.status_code, twice.json()["errors"]) == (409, {"name": "This name is taken."})
    assert (await ada.patch(f"{BASE}/toolsets/never", {})).status_code == 404
