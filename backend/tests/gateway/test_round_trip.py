"""Whatever JSON stands in the open places of a request, an answer or a listing comes out as it went in.

Both eras on both sides. What JSON itself leaves open is decided in decision 11, and tested in `test_odd_json.py`.
"""

import itertools
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from conducktor.edges.mcp_protocol import NAMED_METHODS
from tests.gateway.client import META, MODERN, Client
from tests.gateway.mirror import METHODS, Mirror
from tests.product import Browser, decoded

EXAMPLES = int(os.environ.get("ROUND_TRIPS", "4"))
ERAS = ("legacy", "modern")
PROTOCOL = "io.modelcontextprotocol/"
KNOWN = frozenset(
    {
        "name", "uri", "arguments", "_meta", "ref", "argument", "context", "inputResponses", "requestState", "progressToken",
        "resultType", "inputRequests", "content", "structuredContent", "isError", "contents", "messages", "completion", "ttlMs",
        "cacheScope", "type", "text", "protocolVersion", "requestId", "level", "capabilities", "cursor", "progress",
    }
)  # fmt: skip
"""Members that mean something to the protocol: everything else is open."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VISIBLE = st.text(st.sampled_from("aZ09 _-./\"'\\äß漢字😀"), max_size=12)
"""A tool whose definition holds what nobody sees is shown to an admin first."""
NUMBERS = st.integers(-(10**30), 10**30) | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False)


def anything(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Any JSON."""
    return st.recursive(
        st.none() | st.booleans() | NUMBERS | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )


def members(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Members of an object that nobody knows."""
    names = texts.filter(lambda name: name not in KNOWN and not name.startswith(PROTOCOL))
    return st.dictionaries(names, anything(texts), max_size=3)


ANYTHING, OPEN = anything(TEXTS), members(TEXTS)
THING = st.tuples(*[members(VISIBLE)] * 4, anything(VISIBLE))
"""Unknown members, metadata, annotations, an icon, and a value."""

Draw = Callable[[st.SearchStrategy[Any]], Any]

quickly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # each step of shrinking is a round of calls: a failure is read, not shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Open:
    """A few drawn things, put into many places: drawing one for each place would take longer than the calls."""

    def __init__(self, draw: Draw) -> None:
        self._members = itertools.cycle(draw(st.lists(OPEN, min_size=1, max_size=4)))
        self._values = itertools.cycle(draw(st.lists(ANYTHING, min_size=1, max_size=3)))
        self._texts = itertools.cycle(draw(st.lists(TEXTS, min_size=1, max_size=2)))

    @property
    def members(self) -> dict[str, Any]:
        return next(self._members)

    @property
    def value(self) -> Any:
        return next(self._values)

    @property
    def text(self) -> str:
        text: str = next(self._texts)
        return text

    def block(self, kind: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, **more, "annotations": self.members, "_meta": self.members, **self.members}

    def blocks(self) -> list[dict[str, Any]]:
        """One content block of every type, and one of a type that does not exist yet."""
        icons = [{"src": "data:,", "sizes": self.value, **self.members}]
        inner = {"uri": "mirror://one", "text": self.text, "_meta": self.members, **self.members}
        return [
            self.block("text", text=self.text),
            self.block("image", data="AA==", mimeType="image/png"),
            self.block("audio", data="AA==", mimeType="audio/wav"),
            self.block("resource_link", uri="mirror://one", name=self.text, icons=icons),
            self.block("resource", resource=inner),
            self.block(self.text),
        ]


@st.composite
def answers(draw: Draw) -> dict[str, dict[str, Any]]:
    """A result of each method, with something unknown in every open place."""
    some = Open(draw)
    content, more = some.blocks(), {"_meta": some.members, **some.members}
    read = {"uri": "mirror://one", "text": some.text, "_meta": some.members, **some.members}
    return {
        "tools/call": {"content": content, "structuredContent": some.value, "isError": draw(st.booleans()), **more},
        "resources/read": {"contents": [read], **more},
        "prompts/get": {"description": some.text, "messages": [{"role": "user", "content": b} for b in content], **more},
        "completion/complete": {"completion": {"values": [some.text], "hasMore": False, **some.members}, **more},
    }


@st.composite
def requests(draw: Draw) -> dict[str, dict[str, Any]]:
    """Params of each method, likewise."""
    some = Open(draw)
    more, filled = {"_meta": some.members, **some.members}, draw(st.dictionaries(TEXTS, TEXTS, max_size=2))
    completing = {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "who", "value": some.text}}
    return {
        "tools/call": {"name": "echo", "arguments": draw(st.dictionaries(TEXTS, ANYTHING, max_size=3)), **more},
        "resources/read": {"uri": "mirror://one", **more},
        "prompts/get": {"name": "greet", "arguments": filled, **more},
        "completion/complete": {**completing, "context": {"arguments": filled}, **more},
    }


@pytest.fixture(scope="module")
async def mirrors(ada: Browser) -> AsyncIterator[dict[str, Mirror]]:
    async with AsyncExitStack() as stack:
        opened = {era: await stack.enter_async_context(Mirror(modern=era == "modern")) for era in ERAS}
        for era, mirror in opened.items():
            wish = {"name": f"mirror-{era}", "url": mirror.url, "auth": "none"}
            made = decoded(await ada.post("/api/workspaces/lab/connections", wish))
            assert (made["state"], made["protocol_version"]) == ("ACTIVE", MODERN if era == "modern" else "2025-11-25")
        yield opened


async def _ask(client: Client, era: str, upstream: str, method: str, params: dict[str, Any], **more: str) -> Any:
    """The JSON-RPC answer of one connection's own endpoint."""
    headers = dict(more)
    if era == "modern":
        params = {**params, "_meta": {**params["_meta"], **META}}
        headers |= {"MCP_Protocol_Version": MODERN, "Mcp_Method": method}
        if field := NAMED_METHODS.get(method):
            headers["Mcp_Name"] = params[field]
    body = json.dumps({"jsonrpc": "2.0", "id": "one", "method": method, "params": params}, ensure_ascii=False)
    told = await client.send(body.encode(), path=f"/mirror-{upstream}", **headers)
    return json.loads(told.text.rpartition("data: ")[2])


def canonical(value: Any) -> str:
    """Sorted, and every number in the one way that Python writes it: 1 and 1.0 stay apart."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("upstream", ERAS)
@pytest.mark.parametrize("era", ERAS)
@given(asked=requests(), said=answers())
@quickly
async def test_any_json_passes_in_both_directions(
    client: Client, mirrors: dict[str, Mirror], era: str, upstream: str, asked: dict[str, Any], said: dict[str, Any]
) -> None:
    mirror = mirrors[upstream]
    mirror.errs, mirror.murmurs = False, None
    for method in METHODS:
        mirror.says = json.dumps(said[method], ensure_ascii=False)
        told = await _ask(client, era, upstream, method, asked[method])
        result = told["result"]
        if era == "modern":
            assert result.pop("resultType") == "complete"
            if method == "resources/read":
                assert (result.pop("ttlMs"), result.pop("cacheScope")) == (0, "private")
        assert canonical(result) == canonical(said[method])
        heard = {**mirror.heard, "_meta": {k: v for k, v in mirror.heard["_meta"].items() if not k.startswith(PROTOCOL)}}
        assert canonical(heard) == canonical(asked[method])


@pytest.mark.parametrize("upstream", ERAS)
@pytest.mark.parametrize("era", ERAS)
@given(code=st.integers(-40_000, 40_000), message=TEXTS, data=ANYTHING)
@quickly
async def test_any_error_of_an_upstream_passes(
    client: Client, mirrors: dict[str, Mirror], era: str, upstream: str, code: int, message: str, data: Any
) -> None:
    assume(not -32099 <= code <= -32020)  # about one hop: never relayed
    assume(code != -32002)  # another code in each era
    mirror = mirrors[upstream]
    mirror.errs, mirror.murmurs = True, None
    error = {"code": code, "message": message, "data": data}
    mirror.says = json.dumps(error, ensure_ascii=False)
    for method in METHODS:
        told = await _ask(client, era, upstream, method, {"_meta": {}, **_SMALLEST[method]})
        assert canonical(told["error"]) == canonical(error)


@pytest.mark.parametrize("upstream", ERAS)
@given(more=OPEN, token=TEXTS | st.integers(-(10**20), 10**20))
@quickly
async def test_any_progress_passes_under_the_clients_own_token(
    client: Client, mirrors: dict[str, Mirror], upstream: str, more: dict[str, Any], token: Any
) -> None:
    mirror = mirrors[upstream]
    mirror.errs, mirror.says = False, '{"content":[]}'
    mirror.murmurs = json.dumps({"progressToken": "TOKEN", "progress": 1, **more}, ensure_ascii=False)
    body = {"name": "echo", "arguments": {}, "_meta": {"progressToken": token}}
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": body})
    told = await client.send(message.encode(), path=f"/mirror-{upstream}", Accept="application/json, text/event-stream")
    progress = json.loads(told.text.split("data: ")[1].split("\n")[0])
    assert canonical(progress["params"]) == canonical({"progressToken": token, "progress": 1, **more})


@pytest.mark.parametrize("upstream", ERAS)
@given(things=st.lists(THING, min_size=1, max_size=5))
@quickly
async def test_any_json_of_a_listing_is_listed(
    ada: Browser, client: Client, mirrors: dict[str, Mirror], upstream: str, things: list[tuple[Any, ...]]
) -> None:
    mirror = mirrors[upstream]
    kept = mirror.tools, mirror.resources, mirror.templates, mirror.prompts
    tools = [_tool(thing) for thing in things]
    mirror.tools = [*tools]
    mirror.resources = [_offer(thing, "uri", f"mirror://{n}") for n, thing in enumerate(things)]
    mirror.templates = [_offer(thing, "uriTemplate", f"mirror://{{a}}/{n}") for n, thing in enumerate(things)]
    mirror.prompts = [_offer(thing, "name", f"p{n}") for n, thing in enumerate(things)]
    try:
        decoded(await ada.post(f"/api/workspaces/lab/connections/mirror-{upstream}/test", {}))
        for method, field, offered in (
            ("tools/list", "tools", [_shown(one) for one in tools]),
            ("resources/list", "resources", mirror.resources),
            ("resources/templates/list", "resourceTemplates", mirror.templates),
            ("prompts/list", "prompts", mirror.prompts),
        ):
            for era in ERAS:
                told = await _ask(client, era, upstream, method, {"_meta": {}})
                assert canonical(_by_key(told["result"][field])) == canonical(_by_key(offered)), method
    finally:
        mirror.tools, mirror.resources, mirror.templates, mirror.prompts = kept


_SMALLEST: dict[str, dict[str, Any]] = {
    "tools/call": {"name": "echo"},
    "resources/read": {"uri": "mirror://one"},
    "prompts/get": {"name": "greet"},
    "completion/complete": {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "who", "value": ""}},
}

_HINTS = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": True}


def _tool(thing: tuple[Any, ...]) -> dict[str, Any]:
    """Under a name that was never pinned: a changed definition would wait for an admin."""
    unknown, meta, annotations, icon, value = thing
    schema = {"type": "object", "properties": {"a": {"type": "string", "x-any": value, "default": value}}, "x-any": value}
    return {
        "name": f"t{uuid4().hex}",
        "inputSchema": schema,
        "outputSchema": schema,
        "annotations": annotations,
        "icons": [{"src": "data:,", **icon}],
        "_meta": meta,
        **unknown,
    }


def _shown(tool: dict[str, Any]) -> dict[str, Any]:
    """Missing hints are told as what their absence means."""
    return {**tool, "annotations": {**_HINTS, **tool["annotations"]}}


def _offer(thing: tuple[Any, ...], field: str, key: str) -> dict[str, Any]:
    unknown, meta, annotations, icon, _value = thing
    return {
        field: key,
        **({} if field == "name" else {"name": "n"}),
        "annotations": annotations,
        "icons": [icon],
        "_meta": meta,
        **unknown,
    }


def _by_key(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: str(item.get("uri") or item.get("uriTemplate") or item["name"]))
