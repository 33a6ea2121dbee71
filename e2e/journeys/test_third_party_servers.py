"""MCP servers that we did not write, behind Conducktor: what they say arrives as they said it.

The official client asks the same of the server itself and of the connection's endpoint; what came over the wire is compared.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from mcp.client.client import Client

from e2e.support.chatgpt import ChatGpt
from e2e.support.official_client import Wire, official_client
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.upstreams import servers
from tests.support.ports import quiet_port

LISTS = {
    "tools/list": ("tools", "name"),
    "resources/list": ("resources", "uri"),
    "resources/templates/list": ("resourceTemplates", "uriTemplate"),
    "prompts/list": ("prompts", "name"),
}
UNUSUAL: dict[str, tuple[str, dict[str, Any]]] = {
    "an image between texts": ("get-tiny-image", {}),
    "resource links": ("get-resource-links", {"count": 5}),
    "structured output": ("get-structured-content", {"location": "Chicago"}),
    "annotated content": ("get-annotated-message", {"messageType": "error", "includeImage": True}),
    "an embedded file": (
        "gzip-file-as-resource",
        {"name": "a.gz", "data": "data:text/plain;base64,aGVsbG8=", "outputType": "resource"},
    ),
    "characters of all kinds": ("echo", {"message": 'ünï "quoted" \\ \u2028 \x00 🦆 </script>'}),
    "a number": ("get-sum", {"a": 1e15, "b": -0.5}),
    "a tool's own refusal": ("get-structured-content", {"location": "Atlantis"}),
}

Ask = Callable[[Client], Awaitable[object]]


class Ears(NamedTuple):
    """The same client twice: at the server itself, and at Conducktor."""

    direct: Client
    heard_direct: Wire
    through: Client
    heard_through: Wire


class Progress:
    """A callback that remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, float | None]] = []

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        self.steps.append((progress, total))


class Connected(NamedTuple):
    """Ada's connection to a server, and a token of hers."""

    name: str
    url: str
    endpoint: str
    token: str

    @asynccontextmanager
    async def ears(self, mode: str = "legacy", direct_mode: str = "legacy") -> AsyncIterator[Ears]:
        async with (
            official_client(self.url, mode=direct_mode) as (direct, heard_direct),
            official_client(f"{self.endpoint}/{self.name}", mode=mode, token=self.token) as (through, heard_through),
        ):
            yield Ears(direct, heard_direct, through, heard_through)


@pytest.fixture(scope="module")
async def token(product: Product, ada: Person) -> AsyncIterator[str]:
    async with ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.connect(ada)
        yield chatgpt.tokens["access_token"]


@pytest.fixture(scope="module")
async def reference(product: Product, ada: Person, everything: str, token: str) -> Connected:
    await ada.connect(name="everything", url=everything)
    return Connected("everything", everything, product.endpoint, token)


@pytest.fixture(scope="module")
async def clock(product: Product, ada: Person, time_server: str, token: str) -> Connected:
    made = await ada.connect(name="clock", url=time_server)
    assert made["protocol_version"] == "2026-07-28"
    return Connected("clock", time_server, product.endpoint, token)


async def test_everything_is_listed_as_its_server_describes_it(reference: Connected) -> None:
    async with reference.ears() as ears:
        for client in (ears.direct, ears.through):
            await client.list_tools()
            await client.list_resources()
            await client.list_resource_templates()
            await client.list_prompts()
        for method, (field, key) in LISTS.items():
            direct, through = (_by(key, wire.results(method)[0][field]) for wire in (ears.heard_direct, ears.heard_through))
            assert len(direct) > 1
            for tool in [name for name, item in direct.items() if _only_as_task(item)]:
                del direct[tool]  # no client of ours can call it, so it is rejected with that reason
            assert canonical(through) == canonical(direct), method


def _only_as_task(item: dict[str, Any]) -> bool:
    return bool(item.get("execution", {}).get("taskSupport") == "required")


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("what", UNUSUAL)
async def test_unusual_content_arrives_unchanged(reference: Connected, what: str, mode: str) -> None:
    tool, arguments = UNUSUAL[what]
    async with reference.ears(mode) as ears:
        direct, through = await _both(ears, "tools/call", lambda client: client.call_tool(tool, arguments))
    assert through.pop("resultType", None) == ("complete" if mode == "auto" else None)
    assert canonical(through) == canonical(direct)


@pytest.mark.parametrize("kind", ["Text", "Blob"])
async def test_embedded_resources_arrive_unchanged(reference: Connected, kind: str) -> None:
    arguments = {"resourceType": kind, "resourceId": 7}
    async with reference.ears() as ears:
        direct, through = await _both(ears, "tools/call", lambda client: client.call_tool("get-resource-reference", arguments))
        assert direct["content"][1]["type"] == "resource"
        assert canonical(through) == canonical(direct)


@pytest.mark.parametrize(
    "uri", ["demo://resource/static/document/features.md", "demo://resource/dynamic/text/3", "demo://resource/dynamic/blob/4"]
)
async def test_resources_are_read_unchanged(reference: Connected, uri: str) -> None:
    async with reference.ears() as ears:
        direct, through = await _both(ears, "resources/read", lambda client: client.read_resource(uri))
        assert direct["contents"][0]["uri"] == uri
        assert canonical(through) == canonical(direct)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("simple-prompt", {}),
        ("args-prompt", {"city": "Zürich", "state": "ZH"}),
        ("resource-prompt", {"resourceType": "Text", "resourceId": "2"}),
    ],
)
async def test_prompts_arrive_unchanged(reference: Connected, name: str, arguments: dict[str, str]) -> None:
    async with reference.ears() as ears:
        direct, through = await _both(ears, "prompts/get", lambda client: client.get_prompt(name, arguments))
        assert direct["messages"]
        assert canonical(through) == canonical(direct)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_progress_is_relayed_under_the_clients_own_token(reference: Connected, mode: str) -> None:
    async with reference.ears(mode) as ears:
        for client in (ears.direct, ears.through):
            heard = Progress()
            steps = {"duration": 0.2, "steps": 4}
            await client.call_tool("trigger-long-running-operation", steps, progress_callback=heard)
            assert heard.steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
        direct, through = (wire.notifications("notifications/progress") for wire in (ears.heard_direct, ears.heard_through))
        if mode == "legacy":  # both clients count alike, so even the tokens agree
            assert canonical(through) == canonical(direct)


async def test_beside_other_connections_names_are_prefixed_and_content_is_not_touched(reference: Connected) -> None:
    async with (
        official_client(reference.url) as (direct, heard_direct),
        official_client(reference.endpoint, token=reference.token) as (through, heard_through),
    ):
        await direct.call_tool("get-tiny-image", {})
        await through.call_tool("everything_get-tiny-image", {})
        assert heard_through.results("tools/call") == heard_direct.results("tools/call")
        await direct.get_prompt("simple-prompt")
        await through.get_prompt("everything_simple-prompt")
        assert heard_through.results("prompts/get") == heard_direct.results("prompts/get")
        for client in (direct, through):
            await client.read_resource("demo://resource/static/document/features.md")
        assert heard_through.results("resources/read") == heard_direct.results("resources/read")


async def test_the_older_transport_carries_the_same_content(
    product: Product, ada: Person, everything_over_sse: str, reference: Connected
) -> None:
    await ada.connect(name="older", url=everything_over_sse, transport="sse")
    older = reference._replace(name="older")
    async with older.ears() as ears:
        direct, through = await _both(ears, "tools/call", lambda client: client.call_tool("get-tiny-image", {}))
        assert canonical(through) == canonical(direct)


async def test_the_time_server_is_listed_and_its_answers_arrive_unchanged(clock: Connected, ada: Person) -> None:
    question = {"source_timezone": "Europe/Zurich", "time": "12:00", "target_timezone": "Asia/Kathmandu"}
    async with clock.ears("auto", "auto") as ears:
        for client in (ears.direct, ears.through):
            await client.list_tools()
            await client.call_tool("get_current_time", {"timezone": "Mars/Olympus"})
        tools, same_tools = (
            _by("name", heard.results("tools/list")[0]["tools"]) for heard in (ears.heard_direct, ears.heard_through)
        )
        assert canonical(same_tools) == canonical(tools)
        refusal, same_refusal = (heard.results("tools/call")[0] for heard in (ears.heard_direct, ears.heard_through))
        assert refusal["isError"] is True
        assert canonical(same_refusal) == canonical(refusal)
        direct, through = await _both(ears, "tools/call", lambda client: client.call_tool("convert_time", question))
        assert direct["structuredContent"]["time_difference"].endswith("h")
        assert canonical(through) == canonical(direct)
    outcomes = {tool: (await ada.audited(tool))["outcome"] for tool in ("convert_time", "get_current_time")}
    assert outcomes == {"convert_time": "ok", "get_current_time": "tool_error"}


async def test_a_server_that_goes_away_fails_alone_and_is_found_again(product: Product, ada: Person) -> None:
    port = quiet_port()
    workspace = await ada.make_workspace("Fragile")
    await ada.connect(workspace=workspace, service="sandbox-team-chat")
    async with ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.connect(ada, workspace=workspace)
        async with servers.everything(port=port) as url:
            await ada.connect(workspace=workspace, name="fragile", url=url)
            before = await chatgpt.call("fragile_echo", message="here")
            names = await chatgpt.tool_names()

        failed = await chatgpt.call("fragile_echo", message="gone")
        assert failed["isError"] is True
        assert "fragile cannot be reached" in failed["content"][0]["text"]
        assert await chatgpt.tool_names() == names, "one dead server never shortens the list"
        assert (await chatgpt.call("slack-alerts_list_channels"))["isError"] is False
        assert (await ada.audited("echo", workspace=workspace))["outcome"] == "upstream_error"

        async with servers.everything(port=port):  # it knows nothing of the session before
            assert await chatgpt.call("fragile_echo", message="here") == before


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _by(key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Servers are free in the order; ours is our own."""
    return {item[key]: item for item in items}


async def _both(ears: Ears, method: str, ask: Ask) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the server and Conducktor answer at the same moment: some content tells the second."""
    async with asyncio.timeout(30):
        while True:
            await ask(ears.direct)
            await ask(ears.through)
            before, through = ears.heard_direct.results(method)[-1], ears.heard_through.results(method)[-1]
            if through.keys() >= before.keys() and before.items() <= through.items():
                return before, through
            await ask(ears.direct)
            if ears.heard_direct.results(method)[-1] == before:
                return before, through  # no time has passed: they do differ
