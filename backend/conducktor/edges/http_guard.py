"""The outermost layer: refuses foreign Host and Origin headers, and dresses pages in security headers.

DNS rebinding (MCP transports §security, CVE-2025-66416 and kin) is refused on every route and method, before routing.
"""

from litestar.types import ASGIApp, HTTPSendMessage, Message, Receive, Scope, Send

from conducktor.settings import Settings

MCP_PREFIX = "/api/conducktor-mcp"

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class HttpGuard:
    """ASGI middleware. Believes the configured public address, never the request's idea of it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = _allowed_hosts(settings)
        self._origins = {settings.origin.encode()} | (
            {b"http://" + host for host in self._hosts} if settings.is_loopback else set()
        )
        self._headers = [*SECURITY_HEADERS, HSTS] if settings.origin.startswith("https://") else list(SECURITY_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "method" not in scope:  # a WebSocket, which nothing here speaks, or the server's own life cycle
            await self._app(scope, receive, send)
            return
        if refusal := self._refusal(scope["headers"]):
            await _refuse(send, *refusal)
            return
        if scope["path"].startswith(MCP_PREFIX):
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self._headers if h[0] not in present)]
            await send(message)

        await self._app(scope, receive, dressed)

    def _refusal(self, headers: object) -> tuple[int, bytes] | None:
        host = origin = None
        for name, value in headers:  # type: ignore[attr-defined]
            if name == b"host":
                if host is not None:
                    return 400, b"Two Host headers."
                host = value.lower()
            elif name == b"origin":
                origin = value.lower()
        if host not in self._hosts:
            return 400, b"This Host is not served here. The operator sets the address with CONDUCKTOR_PUBLIC_URL."
        if origin is not None and origin not in self._origins:
            return 403, b"Requests from this Origin are not accepted."
        return None


def _allowed_hosts(settings: Settings) -> frozenset[bytes]:
    hosts = {settings.public_host}
    if settings.is_loopback:
        port = settings.origin.rpartition(":")[2]
        hosts |= {f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"}
    hosts |= {f"127.0.0.1:{settings.port}", f"localhost:{settings.port}"}
    return frozenset(host.lower().encode() for host in hosts)


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    start: HTTPSendMessage = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": text, "more_body": False})
