"""The official `mcp` client, with an ear on the wire (its models drop what they do not know), and with its own OAuth."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.client import Client
from mcp.client.session import ElicitationFnT
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from e2e.support.server_sent_events import decoded_messages

TIMEOUT_S = 60.0


class Wire(httpx2.AsyncBaseTransport):
    """Passes everything on and keeps the JSON-RPC messages of POSTs, as they came."""

    def __init__(self) -> None:
        self._below = httpx2.AsyncHTTPTransport()
        self._exchanges: list[_Exchange] = []
        self.statuses: list[int] = []
        """Of every message sent, in order."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._below.handle_async_request(request)
        if request.method == "POST" and request.headers.get("content-type", "").startswith("application/json"):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            exchange = _Exchange(json.loads(await request.aread()), response.headers.get("content-type", ""), response.stream)
            self._exchanges.append(exchange)
            self.statuses.append(response.status_code)
            response.stream = exchange
        return response

    async def aclose(self) -> None:
        await self._below.aclose()

    def answers(self, method: str) -> list[dict[str, Any]]:
        """The responses (`result` or `error`) to the requests of that method, in the order of asking."""
        asked = [exchange for exchange in self._exchanges if exchange.request.get("method") == method]
        return [message for exchange in asked for message in exchange.messages() if "id" in message and "method" not in message]

    def results(self, method: str) -> list[dict[str, Any]]:
        return [answer["result"] for answer in self.answers(method)]

    def notifications(self, method: str) -> list[dict[str, Any]]:
        """The params of each notification of that method that came on the way to a response."""
        told = (message for exchange in self._exchanges for message in exchange.messages())
        return [message["params"] for message in told if message.get("method") == method]


class _Exchange(httpx2.AsyncByteStream):
    def __init__(self, request: dict[str, Any], content_type: str, body: httpx2.AsyncByteStream) -> None:
        self.request = request
        self._content_type = content_type
        self._body = body
        self._heard = bytearray()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            self._heard += chunk
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()

    def messages(self) -> list[dict[str, Any]]:
        return decoded_messages(self._content_type, self._heard.decode())


@asynccontextmanager
async def official_client(
    url: str,
    *,
    mode: str = "legacy",
    token: str | None = None,
    auth: httpx2.Auth | None = None,
    on_question: ElicitationFnT | None = None,
) -> AsyncIterator[tuple[Client, Wire]]:
    """Connected, in the handshake era unless `mode` is `auto`; with a bearer token or the client's own way to get one.

    With `on_question` it declares elicitation.
    """
    wire = Wire()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(transport=wire, headers=headers, auth=auth, timeout=TIMEOUT_S) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode, elicitation_callback=on_question) as client,
    ):
        yield client, wire


class Consenting(Protocol):
    """Who answers the consent page: somebody without pages, or one in a browser."""

    async def consent(self, authorization_url: str, *, workspace: str) -> str: ...


class OwnOAuth:
    """The client's own way to a token; `person` answers its consent page, in `workspace`. `asked` counts the times."""

    def __init__(
        self,
        endpoint: str,
        person: Consenting,
        workspace: str,
        *,
        redirect_uri: str,
        client_id: str | None = None,
        document_url: str | None = None,
    ) -> None:
        """Registers itself, unless it has a `client_id` from elsewhere or a document that describes it."""
        self._person = person
        self._workspace = workspace
        self._location = ""
        self.asked = 0
        redirect_uris = [AnyUrl(redirect_uri)]
        known = (
            OAuthClientInformationFull(client_id=client_id, redirect_uris=redirect_uris, token_endpoint_auth_method="none")
            if client_id
            else None
        )
        self._memory = _Memory(known)
        self.auth = OAuthClientProvider(
            endpoint,
            OAuthClientMetadata(client_name="An official client", redirect_uris=redirect_uris, token_endpoint_auth_method="none"),
            self._memory,
            redirect_handler=self._show,
            callback_handler=self._answer,
            client_metadata_url=document_url,
        )

    @property
    def client_id(self) -> str | None:
        """Under which it is known here now."""
        return self._memory.client.client_id if self._memory.client else None

    @property
    def access_token(self) -> str:
        assert self._memory.tokens
        return self._memory.tokens.access_token

    async def _show(self, authorization_url: str) -> None:
        self.asked += 1
        self._location = await self._person.consent(authorization_url, workspace=self._workspace)

    async def _answer(self) -> AuthorizationCodeResult:
        given = {name: values[0] for name, values in parse_qs(urlsplit(self._location).query).items()}
        return AuthorizationCodeResult(code=given["code"], state=given["state"], iss=given["iss"])


class _Memory:
    """Where the client keeps what it was given."""

    def __init__(self, client: OAuthClientInformationFull | None = None) -> None:
        self.client = client
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info
