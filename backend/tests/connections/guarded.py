"""A service that wants people to sign in: an upstream and its authorization server on one origin, with the faults of a test."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.connections.shelf import Shelf
from tests.support.raw_server import Received, answer


class Guarded(Shelf):
    """Rotates refresh tokens, each good once. Fields change what it says and does; counters tell what it was asked."""

    def __init__(self, *tools: dict[str, Any] | str) -> None:
        super().__init__(*tools)
        self.lasts_s: float | None = 3600
        self.valid: set[str] = set()
        self.refreshable: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.resource_says: dict[str, Any] = {}
        self.server_says: dict[str, Any] = {}
        self.has_hint = True
        self.wanted: dict[str, str] = {}
        """Tool → the scope that it takes."""
        self.scopes: dict[str, set[str]] = {}
        """Access token → what was granted with it."""
        self.is_away = False
        self.may_answer = asyncio.Event()
        """Questions for tokens wait for it."""
        self.may_answer.set()
        self.accepts_none = False
        self.refreshes = 0
        self.registered: list[dict[str, Any]] = []
        self.exchanged: list[dict[str, str]] = []
        self.revoked: list[str] = []
        self._issued = 0

    @property
    def origin(self) -> str:
        return self.url.removesuffix("/mcp")

    async def _behave(self, received: Received, writer: asyncio.StreamWriter) -> None:
        path = received.path.partition("?")[0]
        if path != "/mcp":
            status, body = self._as_server(path, received)
            if path == "/token":
                await self.may_answer.wait()
            writer.write(answer(json.dumps(body).encode() if body is not None else b"", status))
        elif (token := received.headers.get("authorization", "").removeprefix("Bearer ")) in self.valid and not self.accepts_none:
            if (scope := self._lacking(received, token)) is None:
                await super()._behave(received, writer)
            else:
                refusal = f'WWW-Authenticate: Bearer error="insufficient_scope", scope="{scope}"'
                writer.write(answer(b"", "403 Forbidden", headers=(refusal,)))
        else:
            hint = f' resource_metadata="{self.origin}/.well-known/oauth-protected-resource/mcp", scope="things:read"'
            challenge = f"WWW-Authenticate: Bearer{hint if self.has_hint else ''}"
            writer.write(answer(b"", "401 Unauthorized", headers=(challenge,)))

    def authorize(self, url: str) -> str:
        """What the person's browser does there, with everything granted: where it is sent back to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        self._issued += 1
        code = f"code-{self._issued}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.origin})}"

    def expire(self) -> None:
        """Access tokens are good no longer; refresh tokens are."""
        self.valid.clear()

    def _as_server(self, path: str, received: Received) -> tuple[str, Any]:
        if path.startswith("/.well-known/oauth-protected-resource"):
            return "200 OK", {"resource": self.url, "authorization_servers": [self.origin]} | self.resource_says
        if path == "/.well-known/oauth-authorization-server":
            return "200 OK", self._metadata()
        if path == "/register":
            self.registered.append(received.json)
            return "201 Created", received.json | {"client_id": f"client-{len(self.registered)}"}
        if path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(received.body.decode()).items()})
        if path == "/revoke":
            self.revoked.append(parse_qs(received.body.decode())["token"][0])
            return "200 OK", {}
        return "404 Not Found", None

    def _metadata(self) -> dict[str, Any]:
        said = {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "registration_endpoint": f"{self.origin}/register",
            "revocation_endpoint": f"{self.origin}/revoke",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        } | self.server_says
        return {name: value for name, value in said.items() if value is not None}

    def _token(self, form: dict[str, str]) -> tuple[str, Any]:
        self.exchanged.append(form)
        if self.is_away:
            return "503 Service Unavailable", None
        if form["grant_type"] == "refresh_token":
            self.refreshes += 1
            if form["refresh_token"] not in self.refreshable:
                return "400 Bad Request", {"error": "invalid_grant"}
            self.refreshable.remove(form["refresh_token"])
            return "200 OK", self._issue()
        asked = self.codes.pop(form["code"], None)
        if asked is None or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return "400 Bad Request", {"error": "invalid_grant"}
        return "200 OK", self._issue(asked.get("scope", ""))

    def _lacking(self, received: Received, token: str) -> str | None:
        scope = self.wanted.get(received.json.get("params", {}).get("name", "")) if received.body else None
        return scope if scope and scope not in self.scopes[token] else None

    def _issue(self, scope: str = "") -> dict[str, Any]:
        self._issued += 1
        access, refresh = f"access-token-{self._issued}", f"refresh-token-{self._issued}"
        self.valid.add(access)
        self.scopes[access] = set(scope.split())
        self.refreshable.add(refresh)
        lasts = {} if self.lasts_s is None else {"expires_in": self.lasts_s}
        return {"access_token": access, "token_type": "Bearer", "refresh_token": refresh} | lasts
