"""An ASGI application of both eras of MCP, made to speak one only."""

from collections.abc import Callable
from typing import Any

Asgi = Any
MODERN = b"2026-07-28"


class _Only:
    def __init__(self, app: Asgi, *, modern: bool, refusal: bytes) -> None:
        self._app = app
        self._modern = modern
        self._refusal = refusal

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] != "http" or (headers.get(b"mcp-protocol-version") == MODERN) is self._modern:
            await self._app(scope, receive, send)
            return
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self._refusal))]
        await send({"type": "http.response.start", "status": 400, "headers": head})
        await send({"type": "http.response.body", "body": self._refusal})


def _legacy(app: Asgi) -> Asgi:
    """Refuses what came after 2025-11-25 as servers made before it do."""
    refusal = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"}}'
    return _Only(app, modern=False, refusal=refusal)


def _modern(app: Asgi) -> Asgi:
    data = b'{"supported":["2026-07-28"],"requested":"2025-11-25"}'
    refusal = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32022,"message":"Unsupported protocol version","data":' + data + b"}}"
    return _Only(app, modern=True, refusal=refusal)


ONLY: dict[str, Callable[[Asgi], Asgi]] = {"dual": lambda app: app, "legacy": _legacy, "modern": _modern}
