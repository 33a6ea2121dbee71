"""An OAuth client for tests: it asks, a person answers in a browser, it redeems. Redirects are read, never followed."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from copy import copy
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import msgspec

from tests.product import Browser, Product, decoded
from tests.support.promptly import PATIENCE_S, PROMPTLY_S

REDIRECT = "https://chatgpt.com/connector_platform_oauth_redirect"
STATIC_CLIENT = "chatgpt-mcp-client"
USUAL = ("connections", "tools")


class App:
    """One client at one server. `url` is where this process listens, `resource` what it asks for."""

    def __init__(self, product: Product, *, client_id: str = STATIC_CLIENT, redirect_uri: str = REDIRECT) -> None:
        settings = product.parts.settings
        self.url = f"http://127.0.0.1:{settings.port}"
        self.origin = settings.origin
        self.resource = settings.resource
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(8)

    @classmethod
    def of(cls, app: "App", client_id: str, redirect_uri: str) -> "App":
        """Another client at the same server."""
        other = copy(app)
        other.client_id, other.redirect_uri = client_id, redirect_uri
        return other

    def question(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "connections tools usage",
            "state": self.state,
            "resource": self.resource,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (parameters | changes).items() if value is not None}

    async def ask(self, browser: Browser, **changes: str | None) -> httpx.Response:
        return await browser.get("/oauth/authorize", params=self.question(**changes))

    async def request_id(self, browser: Browser, **changes: str | None) -> str:
        response = await self.ask(browser, **changes)
        assert response.status_code == 303, response.text
        location = urlsplit(response.headers["location"])
        assert location.path == "/oauth/consent", response.headers["location"]
        return parse_qs(location.query)["request"][0]

    async def code(
        self, browser: Browser, workspace: str, scopes: tuple[str, ...] = ("connections", "tools"), **changes: str | None
    ) -> str:
        """A person says yes; the code that comes back."""
        request_id = await self.request_id(browser, **changes)
        answer = await decide(browser, request_id, workspace=workspace, scopes=list(scopes))
        return returned(decoded(answer)["redirect_to"])["code"]

    async def tokens(
        self, browser: Browser, workspace: str, scopes: tuple[str, ...] = ("connections", "tools"), **changes: str | None
    ) -> "Tokens":
        response = await self.redeem(await self.code(browser, workspace, scopes, **changes))
        return msgspec.convert(decoded(response), type=Tokens)

    async def redeem(self, code: str, /, **changes: str | None) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return await self.send("/oauth/token", {**form, "client_id": self.client_id, "resource": self.resource}, changes)

    async def refresh(self, refresh_token: str, /, **changes: str | None) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": self.client_id}
        return await self.send("/oauth/token", form, changes)

    async def refreshed(self, refresh_token: str, /, **changes: str | None) -> "Tokens":
        return msgspec.convert(decoded(await self.refresh(refresh_token, **changes)), type=Tokens)

    async def revoke(self, token: str, **changes: str | None) -> httpx.Response:
        return await self.send("/oauth/revoke", {"token": token, "client_id": self.client_id}, changes)

    async def send(self, path: str, form: dict[str, str], changes: dict[str, str | None]) -> httpx.Response:
        data = {name: value for name, value in (form | changes).items() if value is not None}
        async with plain_http() as http:
            return await http.post(self.url + path, data=data)

    async def call(self, access_token: str, path: str = "", **headers: str) -> int:
        """The status of a request to the MCP endpoint."""
        async with plain_http() as http:
            ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
            given = {"Authorization": f"Bearer {access_token}", "Accept": "application/json, text/event-stream", **headers}
            return (await http.post(f"{self.url}/api/conducktor-mcp{path}", json=ping, headers=given)).status_code


class Tokens(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    scope: str


def plain_http() -> httpx.AsyncClient:
    """For loopback http: without certificates to load, which would take longer than the request."""
    return httpx.AsyncClient(timeout=PATIENCE_S, verify=False)


def returned(location: str) -> dict[str, str]:
    """What came back to the client, each parameter once."""
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


async def decide(browser: Browser, request_id: str, **decision: Any) -> httpx.Response:
    return await browser.post(f"/api/oauth/consent/{request_id}/decision", {"decision": "authorize", **decision})


async def consent(browser: Browser, request_id: str) -> Any:
    return decoded(await browser.get(f"/api/oauth/consent/{request_id}"))


def error(response: httpx.Response) -> str:
    """The code of an OAuth refusal."""
    assert response.headers["content-type"] == "application/json", response.text
    assert response.headers["cache-control"] == "no-store"
    code: str = response.json()["error"]
    return code


async def registered(app: App, *redirect_uris: str, name: str = "A test") -> str:
    """A dynamically registered client's id."""
    async with plain_http() as http:
        metadata = {"client_name": name, "redirect_uris": list(redirect_uris)}
        client_id: str = decoded(await http.post(f"{app.url}/oauth/register", json=metadata))["client_id"]
        return client_id


async def becomes_refused(app: App, tokens: Tokens) -> None:
    """Within a second, here: access token and refresh token alike."""
    async with asyncio.timeout(PROMPTLY_S):
        while await app.call(tokens.access_token) != 401:
            await asyncio.sleep(0.02)
    assert error(await app.refresh(tokens.refresh_token)) == "invalid_grant"


async def workspace_of(browser: Browser) -> str:
    """The slug of a person's first workspace."""
    slug: str = (await browser.session())["workspaces"][0]["slug"]
    return slug
