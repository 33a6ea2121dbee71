"""The official MCP client finds us, authorises and calls, by each of the three ways to be a client."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.oauth.app import REDIRECT, App, decide, returned
from tests.product import Browser, decoded
from tests.support.certificates import Authority
from tests.support.raw_server import RawServer, answer


class Storage:
    """Keeps what the client learns."""

    def __init__(self, client: OAuthClientInformationFull | None = None) -> None:
        self.tokens: OAuthToken | None = None
        self.client = client

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Person:
    """Opens the link that the client gives him, says yes, and brings back what the redirect says."""

    def __init__(self, browser: Browser, workspace: str) -> None:
        self._browser = browser
        self._workspace = workspace
        self._answer: dict[str, str] = {}

    async def open(self, url: str) -> None:
        parts = urlsplit(url)
        response = await self._browser.get(f"{parts.path}?{parts.query}")
        request_id = parse_qs(urlsplit(response.headers["location"]).query)["request"][0]
        answer = await decide(self._browser, request_id, workspace=self._workspace, scopes=["connections", "tools"])
        self._answer = returned(decoded(answer)["redirect_to"])

    async def bring_back(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(code=self._answer["code"], state=self._answer["state"], iss=self._answer["iss"])


@pytest.fixture
async def document(authority: Authority) -> AsyncIterator[str]:
    holder: dict[str, Any] = {}

    async def script(_received: object, writer: Any) -> None:
        writer.write(answer(json.dumps(holder).encode()))

    async with RawServer(script, tls=authority.server("localhost")) as server:
        url = f"https://localhost:{server.port}/client.json"
        holder |= {"client_id": url, "client_name": "Official client", "redirect_uris": [REDIRECT]}
        yield url


@pytest.mark.parametrize("way", ["static", "registered", "document"])
async def test_the_official_client_connects(app: App, ada: Browser, way: str, document: str) -> None:
    storage = Storage(
        OAuthClientInformationFull(client_id=app.client_id, redirect_uris=[AnyUrl(REDIRECT)]) if way == "static" else None
    )
    person = Person(ada, "lab")
    provider = OAuthClientProvider(
        server_url=app.resource,
        client_metadata=OAuthClientMetadata(client_name="Official client", redirect_uris=[AnyUrl(REDIRECT)]),
        storage=storage,
        redirect_handler=person.open,
        callback_handler=person.bring_back,
        client_metadata_url=document if way == "document" else None,
    )

    async with (
        httpx2.AsyncClient(auth=provider) as http,
        Client(streamable_http_client(app.resource, http_client=http)) as client,
    ):
        tools = await client.list_tools()

    assert tools.tools is not None
    assert storage.client is not None
    expected = {"static": app.client_id, "document": document}
    assert storage.client.client_id == expected.get(way, storage.client.client_id)
    assert storage.tokens is not None
    assert storage.tokens.scope == "connections tools"
    listed = decoded(await ada.get("/api/workspaces/lab/authorizations"))["items"]
    assert listed[0]["client"]["kind"] == way
