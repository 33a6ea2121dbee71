"""An upstream that tells of changes by itself when a test says so, in either era."""

import asyncio
import json
from typing import Any

from tests.connections.shelf import tool
from tests.gateway.ear import Ear
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import Behaviour, RpcServer, error, event, reply, result

_SESSION = "Mcp-Session-Id: herald-session"


class Herald(RpcServer):
    """Offers the resource `note://one` and the tool `first`. `subscribed` are the URIs it was last asked to tell about."""

    def __init__(self, *, modern: bool) -> None:
        self.tools: list[dict[str, Any]] = [tool("first")]
        self.subscribed: set[str] = set()
        self.refuses: set[str] = set()
        self._modern = modern
        self._streams: dict[asyncio.StreamWriter, Any] = {}
        uris = ("note://one", "note://two")
        resources = json.dumps({"resources": [{"uri": uri, "name": uri} for uri in uris]})
        super().__init__(
            {
                "server/discover": self._discover() if modern else answer(b"no", "404 Not Found"),
                "initialize": error(-32601) if modern else result(json.dumps(_INTRODUCTION), _SESSION),
                "tools/list": self._list_tools,
                "resources/list": result(resources),
                "resources/templates/list": result('{"resourceTemplates":[]}'),
                "prompts/list": result('{"prompts":[]}'),
                "tools/call": self._call,
                "resources/read": result('{"contents":[]}'),
                "resources/subscribe": self._subscribe,
                "resources/unsubscribe": self._unsubscribe,
                "subscriptions/listen": self._listen,
                "GET": self._get,
            }
        )

    @property
    def streams(self) -> int:
        """How many are open now."""
        return len(self._streams)

    def tell(self, method: str, **params: Any) -> None:
        """Say it on every open stream."""
        for writer, subscription in self._streams.items():
            _write(writer, method, params, subscription)

    def updated(self, uri: str) -> None:
        self.tell("notifications/resources/updated", uri=uri)

    async def heard_of(self, ear: Ear, uri: str) -> None:
        """Update it until it is heard of: which process listens already, and since when, can not be seen from outside."""
        async with asyncio.timeout(PATIENCE_S):
            while uri not in [message.get("params", {}).get("uri") for message in ear.messages]:
                self.updated(uri)
                await asyncio.sleep(0.05)

    def hang_up(self) -> None:
        """Break every stream off."""
        for writer in tuple(self._streams):
            writer.transport.abort()

    def _discover(self) -> Behaviour:
        info = {"io.modelcontextprotocol/serverInfo": {"name": "herald", "version": "1"}}
        told = {"supportedVersions": ["2026-07-28"], "capabilities": _INTRODUCTION["capabilities"], "_meta": info}
        return result(json.dumps(told | {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}))

    async def _list_tools(self, received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(reply(received, json.dumps({"tools": self.tools}))))

    async def _call(self, received: Received, writer: asyncio.StreamWriter) -> None:
        """The tool `first` adds another one, and says so on its own stream only."""
        self.tools.append(tool(f"more-{len(self.tools)}"))
        changed = b'{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
        body = event(changed) + event(reply(received, '{"content":[]}'))
        writer.write(answer(body, content_type="text/event-stream"))

    async def _subscribe(self, received: Received, writer: asyncio.StreamWriter) -> None:
        uri = received.json["params"]["uri"]
        if uri in self.refuses:
            await error(-32602, "not that one")(received, writer)  # type: ignore[operator]
            return
        self.subscribed.add(uri)
        writer.write(answer(reply(received, "{}")))

    async def _unsubscribe(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.subscribed.discard(received.json["params"]["uri"])
        writer.write(answer(reply(received, "{}")))

    async def _listen(self, received: Received, writer: asyncio.StreamWriter) -> None:
        asked = received.json["params"]["notifications"]
        honoured = [uri for uri in asked.get("resourceSubscriptions", []) if uri not in self.refuses]
        self.subscribed = set(honoured)
        _begin(writer)
        acknowledged = {"notifications": asked | {"resourceSubscriptions": honoured}}
        _write(writer, "notifications/subscriptions/acknowledged", acknowledged, received.json["id"])
        await self._keep(writer, received.json["id"])

    async def _get(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        if self._modern:
            writer.write(answer(b"", "405 Method Not Allowed"))
            return
        _begin(writer)
        await self._keep(writer, None)

    async def _keep(self, writer: asyncio.StreamWriter, subscription: Any) -> None:
        self._streams[writer] = subscription
        try:
            while not writer.transport.is_closing():
                writer.write(b"3\r\n:\n\n\r\n")  # only writing shows that nobody is there any more
                await writer.drain()
                await asyncio.sleep(0.05)
        finally:
            self._streams.pop(writer, None)


def _begin(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")


def _write(writer: asyncio.StreamWriter, method: str, params: dict[str, Any], subscription: Any) -> None:
    if subscription is not None:
        params = params | {"_meta": {"io.modelcontextprotocol/subscriptionId": subscription}}
    data = event(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))


_INTRODUCTION: dict[str, Any] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {
        "tools": {"listChanged": True},
        "resources": {"listChanged": True, "subscribe": True},
        "prompts": {},
    },
    "serverInfo": {"name": "herald", "version": "1"},
}
