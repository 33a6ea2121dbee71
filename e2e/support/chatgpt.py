"""A stand-in for ChatGPT that replays its documented wire behaviour; it drives no browser and has no model."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from e2e.support.people import DEFAULT_SCOPES, Person
from e2e.support.server_sent_events import decoded_messages

STABLE_REDIRECT = "https://chatgpt.com/connector_platform_oauth_redirect"
STATIC_CLIENT = "chatgpt-mcp-client"
MODERN = "2026-07-28"
LEGACY = "2025-11-25"
LOCATION_CANARY = "CanaryCity"
NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class ChatGpt:
    """One connector of one ChatGPT account. Steps are methods in the order in which ChatGPT takes them."""

    def __init__(self, endpoint: str, *, client_id: str = STATIC_CLIENT, redirect_uri: str = STABLE_REDIRECT) -> None:
        self.endpoint = endpoint
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.http = httpx.AsyncClient(headers={"User-Agent": "openai-mcp/1.0.0"}, timeout=60)
        self.prm: dict[str, Any] = {}
        self.server: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.conversation = "v1/" + secrets.token_hex(16)
        self._verifier = ""
        self._state = ""
        self._next_id = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.aclose()

    async def connect(
        self, person: Person, *, workspace: str | None = None, scopes: tuple[str, ...] = DEFAULT_SCOPES, with_scope: bool = True
    ) -> None:
        """The whole way from the bare address to tokens; `person` answers the consent page."""
        await self.discover_authorization()
        location = await person.consent(self.authorization_url(with_scope=with_scope), workspace=workspace, scopes=scopes)
        await self.redeem(self.read_redirect(location))

    async def discover_authorization(self) -> None:
        """An unauthenticated probe, then the documents its challenge leads to. What tokens there were are forgotten."""
        self.tokens = {}
        refused = await self.ask("server/discover")
        assert refused.status_code == 401, refused.text
        challenge = refused.headers["www-authenticate"]
        metadata_url = re.search(r'resource_metadata="([^"]+)"', challenge)
        assert metadata_url, challenge
        assert 'scope="' in challenge
        self.prm = (await self.http.get(metadata_url[1])).raise_for_status().json()
        assert self.prm["resource"] == self.endpoint
        issuer = self.prm["authorization_servers"][0]
        found = await self.http.get(f"{issuer}/.well-known/oauth-authorization-server")
        self.server = found.raise_for_status().json()
        assert self.server["issuer"] == issuer
        assert self.server["code_challenge_methods_supported"] == ["S256"]

    async def register(self) -> None:
        """RFC 7591, once per connection."""
        answer = await self.http.post(
            self.server["registration_endpoint"],
            json={
                "client_name": "ChatGPT",
                "redirect_uris": [self.redirect_uri],
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "token_endpoint_auth_method": "none",
            },
        )
        assert answer.status_code == 201, answer.text
        self.client_id = answer.json()["client_id"]

    def authorization_url(self, *, with_scope: bool = True, changed: Mapping[str, str] | None = None) -> str:
        """What the person's browser is sent to. After Disconnect → Connect, ChatGPT may send no scope at all.

        `changed` are parameters as no ChatGPT sends them.
        """
        self._verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(16)
        digest = hashlib.sha256(self._verifier.encode()).digest()
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "resource": self.prm["resource"],
        }
        if with_scope:
            parameters["scope"] = " ".join(self.prm["scopes_supported"])
        return f"{self.server['authorization_endpoint']}?{urlencode({**parameters, **(changed or {})})}"

    def read_redirect(self, location: str) -> str:
        """Check the authorization response as ChatGPT does (state, RFC 9207 `iss`) and return the code."""
        answer = self.read_response(location)
        assert "error" not in answer, answer
        return answer["code"]

    def read_response(self, location: str) -> dict[str, str]:
        """The parameters of an authorization response, refusals included: they too must carry state and issuer."""
        assert location.startswith(self.redirect_uri + "?"), location
        answer = {k: v[0] for k, v in parse_qs(urlsplit(location).query, strict_parsing=True).items()}
        assert answer["state"] == self._state
        assert answer["iss"] == self.server["issuer"]
        return answer

    async def redeem(self, code: str) -> dict[str, Any]:
        answer = await self.token(
            grant_type="authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=self._verifier
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        self.tokens = answer.json()
        return self.tokens

    async def refresh(self, refresh_token: str | None = None) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=refresh_token or self.tokens["refresh_token"])

    async def token(self, **form: str) -> httpx.Response:
        form |= {"client_id": self.client_id, "resource": self.prm["resource"]}
        return await self.http.post(self.server["token_endpoint"], data=form)

    async def ask(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        *,
        meta: dict[str, object] | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        """One modern request with the headers and `_meta` that ChatGPT sends, and those given."""
        given = params or {}
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
        if method in NAMES:
            headers["Mcp-Name"] = given[NAMES[method]]
        dressed = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "openai-mcp", "version": "1.0.0"},
            "io.modelcontextprotocol/clientCapabilities": {},
            **self._chatgpt_meta(),
            **(meta or {}),
        }
        return await self._post({"id": self._new_id(), "method": method, "params": {**given, "_meta": dressed}}, headers, token)

    async def ask_legacy(
        self, method: str, params: dict[str, Any] | None = None, *, version: str | None = LEGACY, token: str | None = None
    ) -> httpx.Response:
        """One request of the handshake era; `version` is left out of the header before `initialize` was answered."""
        headers = {"MCP-Protocol-Version": version} if version else {}
        dressed = {**(params or {}), "_meta": self._chatgpt_meta()}
        return await self._post({"id": self._new_id(), "method": method, "params": dressed}, headers, token)

    async def notify_legacy(self, method: str) -> httpx.Response:
        return await self._post({"method": method}, {"MCP-Protocol-Version": LEGACY}, None)

    async def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = message(await self.ask(method, params))
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        assert result["resultType"] == "complete"
        return result

    async def tool_names(self) -> set[str]:
        return {tool["name"] for tool in (await self.result("tools/list"))["tools"]}

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return await self.result("tools/call", {"name": tool, "arguments": arguments})

    async def _post(self, body: dict[str, Any], headers: dict[str, str], token: str | None) -> httpx.Response:
        bearer = token or self.tokens.get("access_token")
        sent = {
            "Accept": "application/json, text/event-stream",
            "X-Openai-Session": self.conversation,
            "X-Openai-Subject": "v1/subject",
            **({"Authorization": f"Bearer {bearer}"} if bearer else {}),
            **headers,
        }
        return await self.http.post(self.endpoint, json={"jsonrpc": "2.0", **body}, headers=sent)

    def _chatgpt_meta(self) -> dict[str, Any]:
        return {
            "openai/session": self.conversation,
            "openai/subject": "v1/subject",
            "openai/organization": "v1/organization",
            "openai/locale": "en-US",
            "openai/userAgent": "ChatGPT/1.2026",
            "openai/userLocation": {"city": LOCATION_CANARY, "country": "US", "timezone": "America/Chicago"},
        }

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id


def messages(answer: httpx.Response) -> list[dict[str, Any]]:
    """The JSON-RPC messages of an answer, whether it is JSON or server-sent events."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    return decoded_messages(answer.headers["content-type"], answer.text)


def message(answer: httpx.Response) -> dict[str, Any]:
    """The response itself: the last message."""
    return messages(answer)[-1]
