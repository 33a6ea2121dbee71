"""Find and run: what is listed, what is found, and that an executor is no way around anything."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connections.shelf import tool
from tests.gateway.client import META, Client, text
from tests.gateway.selecting import BASE, Library, listed, make_toolset, until_listed
from tests.product import Browser, decoded
from tests.support.promptly import PATIENCE_S

PATH = "/toolsets/desk"
EXECUTORS = ["conducktr_run_read_tool", "conducktr_run_write_tool", "conducktr_run_destructive_tool"]
LISTED = ["conducktr_find_tools", *EXECUTORS]
READ, WRITE, DESTRUCTIVE = EXECUTORS


@pytest.fixture(scope="module")
async def made(ada: Browser, client: Client) -> AsyncIterator[Library]:
    """The toolset `desk` over all tools of the library, to be searched."""
    async with Library(ada) as server:
        server.tools.append(tool("sendReminder", title="Letters", description="Tell a reader that books are overdue."))
        await server.connect()
        await make_toolset(ada, name="desk", offering="search", rules=[{"connections": ["library"]}])
        await until_listed(client, PATH, LISTED)
        yield server
        await server.disconnect()


@pytest.fixture
def library(made: Library) -> Library:
    made.received.clear()
    return made


async def run(client: Client, executor: str, path: str = PATH, **arguments: object) -> dict[str, Any]:
    """The whole answer."""
    answer: dict[str, Any] = decoded(await client.legacy("tools/call", {"name": executor, "arguments": arguments}, path=path))
    return answer


async def find(client: Client, path: str = PATH, **wish: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await run(client, "conducktr_find_tools", path, **wish))["result"]["structuredContent"][
        "items"
    ]
    return found


async def test_executors_have_the_hints_of_what_they_run(library: Library, client: Client) -> None:
    tools = decoded(await client.legacy("tools/list", path=PATH))["result"]["tools"]
    hints = {t["name"]: (t["annotations"]["readOnlyHint"], t["annotations"]["destructiveHint"]) for t in tools}

    assert hints == {
        "conducktr_find_tools": (True, False),
        READ: (True, False),
        WRITE: (False, False),
        DESTRUCTIVE: (False, True),
    }


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("library_shred", "library_shred"),
        ("finding", "library_find"),
        ("send a reminder", "library_sendReminder"),
        ("overdue book", "library_sendReminder"),
        ("letter", "library_sendReminder"),
    ],
)
async def test_tools_are_found_by_names_titles_and_descriptions(library: Library, client: Client, query: str, first: str) -> None:
    found = await find(client, search=query)
    assert found[0]["name"] == first


async def test_a_tool_described_here_is_listed_and_found_by_these_words(library: Library, client: Client, ada: Browser) -> None:
    lend = next(t for t in decoded(await ada.get(f"{BASE}/connections/library/tools"))["items"] if t["name"] == "lend")
    where = f"{BASE}/tools/{lend['id']}/description"
    decoded(await ada.request("PUT", where, json={"title": "Parrot", "description": "Hands a manuscript out."}))
    try:
        await until_described(client, "Hands a manuscript out.")
        found = await find(client, search="manuscript")
        named = await find(client, search="parrot")
    finally:
        decoded(await ada.request("PUT", where, json={"title": None, "description": None}))
        await until_described(client, lend["description"])

    assert [(f["name"], f["title"], f["description"]) for f in found] == [("library_lend", "Parrot", "Hands a manuscript out.")]
    assert named == found
    assert await find(client, search="manuscript") == []


async def test_what_is_found_says_what_it_takes_and_how_it_is_run(library: Library, client: Client) -> None:
    (found,) = await find(client, search="library", operation_class="destructive")

    assert (found["name"], found["operation_class"], found["run_with"]) == ("library_shred", "destructive", DESTRUCTIVE)
    assert found["input_schema"]["required"] == ["text"]
    assert await find(client, search="library", connection="nowhere") == []
    assert await find(client, search="xylophone") == []
    assert len(await find(client, search="library", limit=1)) == 1


async def test_a_search_at_a_toolset_finds_nothing_beside_it(library: Library, client: Client, ada: Browser) -> None:
    await make_toolset(ada, name="narrow", offering="search", tools=["library_find"])
    await until_listed(client, "/toolsets/narrow", LISTED)

    assert [t["name"] for t in await find(client, "/toolsets/narrow", search="library", toolset="desk")] == ["library_find"]
    refused = await run(client, WRITE, "/toolsets/narrow", tool="library_lend", arguments={})
    assert refused["error"]["message"].startswith("Unknown tool: library_lend.")


@pytest.mark.parametrize(("executor", "name"), [(READ, "find"), (WRITE, "lend"), (DESTRUCTIVE, "shred")])
async def test_an_executor_runs_the_tools_of_its_class_as_themselves(
    library: Library, client: Client, ada: Browser, executor: str, name: str
) -> None:
    done = await run(client, executor, tool=f"library_{name}", arguments={"text": f"by {executor}"})

    assert text(done["result"]) == "done"
    asked = library.bodies("tools/call")[0]["params"]
    assert (asked["name"], asked["arguments"]) == (name, {"text": f"by {executor}"})
    entry = await entry_of(ada, name, executor)
    assert (entry["line"]["connection"], json.loads(entry["arguments"])) == ("library", {"text": f"by {executor}"})
    assert entry["decision"]["toolset"] == "desk"


@pytest.mark.parametrize(
    ("executor", "name", "right"),
    [(READ, "lend", WRITE), (READ, "shred", DESTRUCTIVE), (WRITE, "shred", DESTRUCTIVE), (DESTRUCTIVE, "find", READ)],
)
async def test_no_executor_runs_tools_of_another_class(
    library: Library, client: Client, ada: Browser, executor: str, name: str, right: str
) -> None:
    refused = (await run(client, executor, tool=f"library_{name}", arguments={"text": "x"}))["result"]

    assert refused["isError"]
    assert refused["structuredContent"]["code"] == "wrong_executor"
    assert right in text(refused)
    assert library.calls == []
    classes = {READ: "read", WRITE: "write", DESTRUCTIVE: "destructive"}
    assert (await entry_of(ada, name, executor, outcome="denied"))["line"]["operation_class"] == classes[right]


@pytest.mark.parametrize(
    "name",
    [
        *EXECUTORS,
        "conducktr_find_tools",
        "conducktr_create_connection",
        "find",
        "Library_find",
        "library_find ",
        "library_find\n",
        "library_find\0",
        "library__find",
        "library_f\u0131nd",
        "library_\u200bfind",
        "../library_find",
        "",
    ],
)
async def test_an_executor_runs_nothing_but_tools_by_their_exact_names(library: Library, client: Client, name: str) -> None:
    inner = {"tool": "library_find", "arguments": {"text": "x"}}
    refused = await run(client, READ, tool=name, arguments=inner)

    assert refused["error"]["message"].startswith("Unknown tool: ")
    assert library.calls == []


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"tool": 1, "arguments": {}},
        {"tool": "library_find", "arguments": []},
        {"tool": "library_find", "arguments": "{}"},
        {"tool": "library_find", "arguments": {}, "class": "read"},
        {"tool": ["library_find"]},
    ],
)
async def test_an_executor_without_a_tool_says_what_it_takes(library: Library, client: Client, arguments: dict[str, Any]) -> None:
    refused = await run(client, READ, **arguments)

    assert "the full name of a tool" in refused["error"]["message"]
    assert library.calls == []


async def test_executors_exist_only_where_tools_are_searched(library: Library, client: Client, ada: Browser) -> None:
    await make_toolset(ada, name="plain", tools=["library_find"])
    await until_listed(client, "/toolsets/plain", ["library_find"])

    for path in ("", "/toolsets/plain", "/library"):
        refused = await run(client, READ, path, tool="library_find", arguments={"text": "x"})
        assert refused["error"]["message"].startswith(f"Unknown tool: {READ}."), path
    assert library.calls == []


async def test_policies_see_the_tool_inside(library: Library, client: Client, ada: Browser) -> None:
    wish = {"name": "No lending", "kind": "deny", "what": {"tools": ["library_lend"]}}
    policy = decoded(await ada.post(f"{BASE}/policies", wish))
    try:
        refused = (await run(client, WRITE, tool="library_lend", arguments={"text": "x"}))["result"]
        shown = await run(client, "conducktr_preview_call", "", tool=WRITE, arguments={"tool": "library_lend", "arguments": {}})
    finally:
        await ada.delete(f"{BASE}/policies/{policy['id']}")

    assert refused["structuredContent"]["policy"] == "No lending"
    assert shown["result"]["structuredContent"]["tool"] == "library_lend"
    assert shown["result"]["structuredContent"]["verdict"] == "denied"
    assert library.calls == []


async def test_an_approval_is_about_the_tool_inside(library: Library, client: Client, ada: Browser) -> None:
    """It is the same request, however the tool is called."""
    wish = {"name": "Ask first", "kind": "require_approval", "what": {"tools": ["library_shred"]}}
    policy = decoded(await ada.post(f"{BASE}/policies", wish))
    try:
        arguments = {"text": "all of it"}
        by_executor = (await run(client, DESTRUCTIVE, tool="library_shred", arguments=arguments))["result"]
        by_name = (await run(client, "library_shred", **arguments))["result"]
    finally:
        await ada.delete(f"{BASE}/policies/{policy['id']}")

    assert by_executor["structuredContent"]["approval_id"] == by_name["structuredContent"]["approval_id"]
    shown = decoded(await ada.get(f"{BASE}/approvals/{by_name['structuredContent']['approval_id']}"))
    assert (shown["approval"]["connection"], shown["approval"]["tool"]) == ("library", "shred")
    assert json.loads(shown["arguments"]) == arguments
    assert library.calls == []


async def test_what_the_client_says_beside_the_arguments_arrives(library: Library, client: Client) -> None:
    """Its `_meta`, in the modern era; the name in the header is the executor's."""
    arguments = {"tool": "library_find", "arguments": {"text": "x"}}
    params = {"name": READ, "arguments": arguments, "_meta": {**META, "example.com/trace": "7"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/call", "Mcp_Name": READ}
    done = decoded(await client.send(json.dumps(body).encode(), path=PATH, **headers))

    assert text(done["result"]) == "done"
    assert library.bodies("tools/call")[0]["params"]["_meta"] == {"example.com/trace": "7"}


async def test_a_workspace_may_be_searched_as_a_whole(library: Library, client: Client, ada: Browser) -> None:
    before = await listed(client)
    decoded(await ada.patch(f"{BASE}/settings", {"offering": "search"}))
    try:
        own = [name for name in before or [] if name.startswith("conducktr_")]
        await until_listed(client, "", [*own, *EXECUTORS])
        done = await run(client, READ, "", tool="library_find", arguments={"text": "x"})
        told = decoded(await client.legacy("initialize", {"protocolVersion": "2025-11-25"}))["result"]
    finally:
        decoded(await ada.patch(f"{BASE}/settings", {"offering": "all"}))
        await until_listed(client, "", before)

    assert text(done["result"]) == "done"
    assert "conducktr_find_tools" in told["instructions"]


async def until_described(client: Client, description: str | None) -> None:
    """Until `lend` is listed so, at its connection."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            tools = decoded(await client.legacy("tools/list", path="/library"))["result"]["tools"]
            if next(t.get("description") for t in tools if t["name"] == "lend") == description:
                return
            await asyncio.sleep(0.02)


async def entry_of(ada: Browser, name: str, executor: str, outcome: str = "ok") -> dict[str, Any]:
    """The audited call of that tool of the library by that executor, once it has ended so."""
    wanted = {"tool": name, "connection": "library", "outcome": outcome}
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for line in decoded(await ada.get(f"{BASE}/audit", params=wanted))["items"]:
                entry: dict[str, Any] = decoded(await ada.get(f"{BASE}/audit/{line['id']}"))
                if entry["decision"].get("executor") == executor:
                    return entry
            await asyncio.sleep(0.02)
