"""A stand-in for ChatGPT that replays its documented wire behaviour; it drives no browser and has no model."""

import base64
import hashlib
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

STABLE_REDIRECT = "https://chatgpt.com/connector_platform_oauth_redirect"
STATIC_CLIENT = "chatgpt-mcp-client"
MODERN = "2026-07-28"


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

    async def close(self) -> None:
        await self.http.aclose()

    async def discover_authorization(self) -> None:
        """An unauthenticated POST, then the documents its challenge leads to."""
        refused = await self.http.post(self.endpoint, json={"jsonrpc": "2.0", "id": 1, "method": "server/discover"})
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

    def authorization_url(self, *, with_scope: bool = True) -> str:
        """What the person's browser is sent to. After Disconnect → Connect, ChatGPT may send no scope at all."""
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
        return f"{self.server['authorization_endpoint']}?{urlencode(parameters)}"

    def read_redirect(self, location: str) -> str:
        """Check the authorization response as ChatGPT does (state, RFC 9207 `iss`) and return the code."""
        assert location.startswith(self.redirect_uri + "?"), location
        answer = {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}
        assert answer["state"] == self._state
        assert answer["iss"] == self.server["issuer"]
        assert "error" not in answer, answer
        return answer["code"]

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

    async def ask(self, method: str, params: dict[str, Any] | None = None, *, token: str | None = None) -> httpx.Response:
        """One modern request with the headers and `_meta` that ChatGPT sends."""
        self._next_id += 1
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "openai-mcp", "version": "1.0.0"},
            "io.modelcontextprotocol/clientCapabilities": {},
            "openai/session": self.conversation,
            "openai/subject": "v1/subject",
            "openai/locale": "en-US",
            "openai/userAgent": "ChatGPT/1.2026",
            "openai/userLocation": {"city": "CanaryCity", "country": "US"},
        }
        headers = {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": MODERN,
            "Mcp-Method": method,
            "X-Openai-Session": self.conversation,
        }
        if token or self.tokens:
            headers["Authorization"] = f"Bearer {token or self.tokens['access_token']}"
        if method in ("tools/call", "prompts/get"):
            headers["Mcp-Name"] = (params or {})["name"]
        if method == "resources/read":
            headers["Mcp-Name"] = (params or {})["uri"]
        body = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": {**(params or {}), "_meta": meta}}
        return await self.http.post(self.endpoint, json=body, headers=headers)

    async def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.ask(method, params)
        assert answer.status_code == 200, answer.text
        message = answer.json()
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        assert result["resultType"] == "complete"
        return result

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return await self.result("tools/call", {"name": tool, "arguments": arguments})
