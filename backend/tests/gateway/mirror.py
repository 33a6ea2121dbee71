"""An upstream that keeps what it is sent and answers what a test says, byte for byte, in either era."""

import asyncio
import json
from typing import Any

from tests.connections.shelf import Shelf, tool
from tests.gateway.client import MODERN
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import event, reply

METHODS = ("tools/call", "resources/read", "prompts/get", "completion/complete")


class Mirror(Shelf):
    """`says` is the raw result, or with `errs` the raw error; `murmurs` are raw params of progress before it.

    `raw`, `headers` and `heard` (its params) are of the last request.
    """

    def __init__(self, *, modern: bool) -> None:
        super().__init__(tool("echo"))
        self.resources = [{"uri": "mirror://one", "name": "one"}]
        self.prompts = [{"name": "greet", "arguments": [{"name": "who"}]}]
        self.says = "{}"
        self.errs = False
        self.murmurs: str | None = None
        self.heard: dict[str, Any] = {}
        self.raw = b""
        self.headers: dict[str, str] = {}
        self._behaviours |= dict.fromkeys(METHODS, self._answer)
        if modern:
            self._behaviours["server/discover"] = _discover

    def __repr__(self) -> str:
        return "a mirror"  # hypothesis writes the arguments of a failing test

    async def _answer(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.received.clear()
        self.raw, self.headers = received.body, received.headers
        self.heard = received.json["params"]
        if self.errs:
            writer.write(answer(reply(received, self.says).replace(b'"result":', b'"error":', 1)))
        elif self.murmurs is None:
            writer.write(answer(reply(received, self.says)))
        else:
            token = json.dumps(self.heard["_meta"]["progressToken"])
            progress = self.murmurs.replace('"TOKEN"', token, 1)
            said = event(f'{{"jsonrpc":"2.0","method":"notifications/progress","params":{progress}}}')
            writer.write(answer(said + event(reply(received, self.says)), content_type="text/event-stream"))


async def _discover(received: Received, writer: asyncio.StreamWriter) -> None:
    told = {"supportedVersions": [MODERN], "capabilities": {"tools": {}, "resources": {}, "prompts": {}, "completions": {}}}
    writer.write(answer(reply(received, json.dumps({"resultType": "complete", **told}))))
