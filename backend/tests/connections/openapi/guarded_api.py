"""A REST API that wants people to sign in, with the authorization server that its document names, on one origin."""

import asyncio
import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from tests.connections.guarded import Guarded
from tests.support.raw_server import Received, answer

CLIENT = {"client_id": "ours", "secret": "of our client"}


class GuardedApi(Guarded):
    """Knows one client, with a secret. `takes` is how it wants that; `wanted` maps a path to the scope that it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.takes = "header"
        self.asked: list[str] = []
        """The paths at which tokens were asked for."""

    @property
    def base(self) -> str:
        return f"{self.origin}/v1"

    def document(self, scheme: dict[str, Any] | None = None, **flow: Any) -> dict[str, Any]:
        """`scheme` in place of OAuth's endpoints; `flow` changes those."""
        endpoints = {
            "authorizationUrl": f"{self.origin}/authorize?tenant=a",
            "tokenUrl": f"{self.origin}/token",
            "refreshUrl": f"{self.origin}/refresh",
            "scopes": {"things:read": "", "things:write": ""},
        }
        flows = {"authorizationCode": endpoints | flow}
        return {
            "openapi": "3.1.0",
            "info": {"title": "Things", "version": "1"},
            "servers": [{"url": self.base}],
            "components": {"securitySchemes": {"people": scheme or {"type": "oauth2", "flows": flows}}},
            "security": [{"people": ["things:read"]}],
            "paths": {
                "/things": {
                    "get": {"operationId": "take"},
                    "post": {"operationId": "put", "security": [{"people": ["things:write"]}]},
                }
            },
        }

    def authorize(self, url: str) -> str:
        """As most servers do, it says nothing of its issuer."""
        back = urlsplit(super().authorize(url))
        query = [(name, value) for name, value in parse_qsl(back.query) if name != "iss"]
        return back._replace(query=urlencode(query)).geturl()

    def calls(self) -> list[Received]:
        return [received for received in self.received if received.path.startswith("/v1/")]

    async def _behave(self, received: Received, writer: asyncio.StreamWriter) -> None:
        if received.path == "/v1":
            writer.write(answer(b"{}"))
        elif not received.path.startswith("/v1/"):
            await super()._behave(received, writer)
        elif (token := received.headers.get("authorization", "").removeprefix("Bearer ")) not in self.valid or self.accepts_none:
            writer.write(answer(b"", "401 Unauthorized"))
        elif (scope := self.wanted.get(received.path)) and scope not in self.scopes[token]:
            refusal = f'WWW-Authenticate: Bearer error="insufficient_scope", scope="{scope}"'
            writer.write(answer(b"", "403 Forbidden", headers=(refusal,)))
        else:
            writer.write(answer(b'"taken"', content_type="text/plain"))

    def _as_server(self, path: str, received: Received) -> tuple[str, Any]:
        if path == "/.well-known/openid-configuration":
            return "200 OK", self._metadata()
        if path not in ("/token", "/refresh"):
            return super()._as_server(path, received)
        self.asked.append(path)
        if not self._knows(received):
            return "401 Unauthorized", {"error": "invalid_client"}
        return super()._as_server("/token", received)

    def _knows(self, received: Received) -> bool:
        form = {name: values[0] for name, values in parse_qs(received.body.decode()).items()}
        if form.get("client_id", "").startswith("client-"):
            return True  # registered, without a secret
        if self.takes == "form":
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT["client_id"], CLIENT["secret"])
        kind, _, pair = received.headers.get("authorization", "").partition(" ")
        shown = [unquote_plus(part) for part in b64decode(pair).decode().split(":")] if kind == "Basic" else []
        return shown == [CLIENT["client_id"], CLIENT["secret"]]


def text_of(document: dict[str, Any]) -> str:
    return json.dumps(document)
