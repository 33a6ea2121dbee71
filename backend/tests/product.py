"""The whole product over real HTTP on loopback, and a browser to use it with."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http.cookies import SimpleCookie
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import msgspec
import uvicorn
from argon2 import PasswordHasher
from litestar import Litestar

from conducktor.app import create_app
from conducktor.core.ids import UserId
from conducktor.edges.web_session import CSRF_COOKIE, SESSION_COOKIE
from conducktor.identity import queries
from conducktor.identity.account_post import ACCOUNT
from conducktor.identity.purpose import Purpose
from conducktor.infra.database import Change
from conducktor.parts import Parts
from conducktor.settings import Settings
from tests.support.ports import fresh_listener
from tests.support.promptly import PATIENCE_S, PROMPTLY_S

PASSWORD = "a tall ship and a star"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # its own takes 64 MiB and a quarter second each
KEEP_ALIVE = httpx.Limits(keepalive_expiry=2.0)  # the server's is 5 s, httpx' own too: a request could cross the hanging up
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Product(msgspec.Struct, frozen=True):
    """`url` is the origin, without a trailing slash."""

    url: str
    parts: Parts
    app: Litestar


@asynccontextmanager
async def running_product(settings: Settings, *, process_index: int = 0) -> AsyncIterator[Product]:
    """Serve on a free loopback port until the block ends. Two at once on one database behave as two processes do."""
    with fresh_listener() as listener:
        app = create_app(msgspec.structs.replace(settings, port=listener.getsockname()[1]), process_index=process_index)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, proxy_headers=False, server_header=False, timeout_graceful_shutdown=2
        )
        parts: Parts = app.state["parts"]
        parts.passwords._hasher = QUICK_HASHER
        be_patient(parts)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(_serve(server, listener), name="product")
        try:
            await eventually(lambda: server.started or serving.done())
            if serving.done():
                serving.result()
            await eventually(lambda: parts.changes.is_live)
            yield Product(parts.settings.origin, parts, app)
        finally:
            server.should_exit = True
            if not serving.done():
                await serving


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        await server.serve(sockets=[listener])
    except SystemExit:
        raise RuntimeError("the product did not start; its log says why") from None


async def eventually(holds: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    """Wait until it holds. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


def be_patient(parts: Parts) -> None:
    """A new connection answers with its tools, however long its server takes on a busy machine."""
    parts.connection_lifecycle._first_answer_within_s = PATIENCE_S


async def all_heard(parts: Parts) -> None:
    """What was committed before this has been heard in this process: announcements come in the order of their commits."""
    mark, heard = Change(topic="test", id=uuid4().hex), asyncio.Event()
    unsubscribe = parts.changes.subscribe(lambda change: heard.set() if change == mark else None)
    async with asyncio.timeout(PATIENCE_S):
        while not heard.is_set():  # once, unless the feed is just connecting again
            async with parts.database.transaction() as tx:
                await tx.announce(mark)
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), 1)
    unsubscribe()


class Browser:
    """Keeps Secure cookies over loopback http, as browsers do, and repeats the CSRF token as our pages do."""

    def __init__(self, url: str, *, headers: dict[str, str] | None = None) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        given = {"User-Agent": "test browser", **(headers or {})}
        self._http = httpx.AsyncClient(base_url=url, headers=given, timeout=PATIENCE_S, limits=KEEP_ALIVE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def request(self, method: str, path: str, *, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Any request, with this browser's cookies; `headers` win over what the browser adds."""
        if method in UNSAFE and CSRF_COOKIE not in self.cookies:
            await self.request("GET", "/api/session")
        added = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        if method in UNSAFE:
            added["X-CSRF-Token"] = self.cookies[CSRF_COOKIE]
        self._http.cookies.clear()
        response = await self._http.request(method, path, headers=added | (headers or {}), **given)
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return response

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.request("GET", path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> httpx.Response:
        return await self.request("POST", path, **(given if body is None else {"json": body, **given}))

    async def patch(self, path: str, body: object, **given: Any) -> httpx.Response:
        return await self.request("PATCH", path, json=body, **given)

    async def delete(self, path: str, **given: Any) -> httpx.Response:
        return await self.request("DELETE", path, **given)

    async def session(self) -> dict[str, Any]:
        """`GET /api/session`, decoded."""
        session: dict[str, Any] = decoded(await self.get("/api/session"))
        return session

    async def sign_up(self, email: str, *, name: str = "Ada", workspace_name: str = "Lab", **more: str) -> dict[str, Any]:
        """A new account with the test password, signed in; returns its session."""
        form = {"name": name, "email": email, "password": PASSWORD, "workspace_name": workspace_name, **more}
        assert decoded(await self.post("/api/sign-up", form)) == {"next": "signed_in"}
        return await self.session()

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/api/sign-in", {"email": email, "password": password})

    @property
    def session_cookie(self) -> str | None:
        return self.cookies.get(SESSION_COOKIE)


async def answers_within_a_second(status: int, browser: Browser, path: str) -> None:
    """A change made elsewhere must show in this status soon: what is cached is forgotten within a second."""
    async with asyncio.timeout(PROMPTLY_S):
        while (await browser.get(path)).status_code != status:
            await asyncio.sleep(0.01)


async def signed_up(product: Product, email: str, **more: str) -> Browser:
    """A browser of a new account whose address is verified. The caller closes it."""
    browser = Browser(product.url)
    session = await browser.sign_up(email, **more)
    token = await mail_token(product, UserId(UUID(session["user"]["id"])), Purpose.VERIFY)
    decoded(await browser.post("/api/verify-email", {"token": token}))
    return browser


async def mail_token(product: Product, user_id: UserId, purpose: Purpose) -> str:
    """The newest unspent token that was mailed to that person, or would have been. Waits for one that is being written."""
    parts = product.parts
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with parts.database.transaction() as tx:
                letter_id = await queries.open_mail_token(tx, user_id, purpose, parts.clock())
            if letter_id:
                return parts.mail_links.token(ACCOUNT, letter_id)
            await asyncio.sleep(0.01)


def decoded(response: httpx.Response) -> Any:
    """The JSON body of a success."""
    assert response.is_success, f"{response.status_code} {response.text}"
    return response.json() if response.content else None
