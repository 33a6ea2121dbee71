"""Requests that change something must come from our own page: token against token, and JSON only.

The page reads the cookie `__Host-conducktor-csrf` and repeats it in `X-CSRF-Token`. A foreign site can neither read nor, because
of the prefix, set that cookie. Routes declared for clients (`permission: "client"`: bearer or client authentication, never our
cookies) are exempt; everything else that is not safe is checked, so a new route is protected unless it says otherwise.
"""

import hmac
import secrets

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from conducktor.edges.web_session import CSRF_COOKIE

HEADER = b"x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfGuard:
    """ASGI middleware inside Litestar's routing: it needs the route's declared permission."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _changes_something(scope) and scope["route_handler"].opt.get("permission") != "client":
            _check(scope)
        await self._app(scope, receive, send)


def new_csrf_token() -> str:
    return secrets.token_urlsafe(32)


def _changes_something(scope: Scope) -> bool:
    return scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE


def _check(scope: Scope) -> None:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, []).append(value)
    sent, kept = headers.get(HEADER, []), _cookies(headers.get(b"cookie", []))
    if len(sent) != 1 or len(kept) != 1 or not kept[0] or not hmac.compare_digest(sent[0], kept[0]):
        raise HTTPException(
            status_code=403, detail="The X-CSRF-Token header does not match this browser's cookie. Reload the page."
        )
    has_body = headers.get(b"content-length", [b"0"]) != [b"0"] or b"transfer-encoding" in headers
    content_type = b",".join(headers.get(b"content-type", [])).partition(b";")[0].strip().lower()
    if has_body and content_type != b"application/json":
        raise HTTPException(status_code=415, detail="Send the body as application/json.")


def _cookies(headers: list[bytes]) -> list[bytes]:
    """Every value of our cookie: two would mean that somebody else set one."""
    pairs = (pair.strip().partition(b"=") for header in headers for pair in header.split(b";"))
    return [value.strip(b'"') for name, _, value in pairs if name == CSRF_COOKIE.encode()]
