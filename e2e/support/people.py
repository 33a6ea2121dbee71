"""People who use the product as the web application does: its JSON API, cookies and CSRF token; no pages."""

import asyncio
import itertools
import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import BrowserContext

from conducktor.edges.web_session import SESSION_COOKIE
from e2e.support.product import Product
from tests.product import PASSWORD, Browser, decoded

SETTLES_WITHIN_S = 30.0
DEFAULT_SCOPES = ("connections", "tools", "usage")

_numbers = itertools.count(1)


class Person:
    """`async with Person(product, "Ada") as ada` signs up and verifies the address; `workspace` is the slug of the first one."""

    def __init__(
        self, product: Product, name: str, *, email: str | None = None, workspace_name: str | None = None, invitation: str = ""
    ) -> None:
        """`invitation` is its token: then the person joins that workspace instead of having one."""
        number = next(_numbers)
        self.product = product
        self.name = name
        self.email = email or f"{name.lower()}-{number}@example.com"
        self.workspace = ""
        self._beginning = {"invitation": invitation} if invitation else {"workspace_name": workspace_name or f"Lab of {name}"}
        self.browser = Browser(product.origin, headers={"X-Forwarded-For": f"198.18.{number}.1"})

    async def __aenter__(self) -> Self:
        session = await self.browser.sign_up(self.email, name=self.name, **self._beginning)
        self.workspace = session["workspaces"][0]["slug"]
        link = session["verify_link"] or await self.letter()
        decoded(await self.browser.post("/api/verify-email", {"token": _parameter(link, "token")}))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.browser.__aexit__()

    async def letter(self) -> str:
        """The link of the newest letter to this person; without a mail server the log shows it to the operator."""
        line = rf"(?m)^(?=.*mail\.not_sent)(?=.*{re.escape(self.email)}).*\blink\W+(http[^\s\"']+)"
        return await self.product.printed(line)

    async def sign_in(self) -> None:
        answer = await self.browser.sign_in(self.email, PASSWORD)
        assert answer.status_code == 204, answer.text

    async def sign_in_browser(self, context: BrowserContext) -> None:
        """Give a browser this person's session, for journeys that are not about signing in."""
        # Chromium takes `Secure` cookies over http from localhost itself, but from its driver only for https.
        url = self.product.origin.replace("http:", "https:")
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": url, "secure": True, "httpOnly": name == SESSION_COOKIE, "sameSite": "Lax"}
                for name, value in self.browser.cookies.items()
            ]
        )

    async def make_workspace(self, name: str) -> str:
        """Its slug."""
        slug: str = decoded(await self.browser.post("/api/workspaces", {"name": name}))["slug"]
        return slug

    async def join(self, host: "Person", role: str) -> None:
        """Take up an invitation of `host` to the host's first workspace."""
        sent = await host.ask("POST", "/invitations", json={"email": self.email, "role": role})
        decoded(await self.browser.post("/api/invitations/accept", {"token": _parameter(sent["link"], "token")}))

    async def ask(self, method: str, path: str, *, workspace: str | None = None, **given: Any) -> Any:
        """One operation in a workspace (the first one unless named), decoded."""
        answer = await self.browser.request(method, f"/api/workspaces/{workspace or self.workspace}{path}", **given)
        return decoded(answer)

    async def connect(self, *, workspace: str | None = None, **wish: object) -> dict[str, Any]:
        """Make a connection (`service` of the catalogue or `url`) and wait until its tools are there."""
        made = await self.try_to_connect(workspace=workspace, **wish)
        assert made["state"] == "ACTIVE", made
        return made

    async def try_to_connect(self, *, workspace: str | None = None, **wish: object) -> dict[str, Any]:
        """The connection once its server has answered, which may take a busy machine longer than a person waits."""
        made: dict[str, Any] = await self.ask("POST", "/connections", workspace=workspace, json=wish)
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while made["state"] == "PENDING":
                await asyncio.sleep(0.1)
                made = (await self.ask("GET", f"/connections/{made['name']}", workspace=workspace))["connection"]
        return made

    async def consent_page(self, authorization_url: str) -> tuple[str, dict[str, Any]]:
        """Follow a client's link up to the consent page: the request's id, and what the page shows."""
        answer = await self.browser.get(authorization_url)
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"]
        assert location.startswith("/oauth/consent?"), location
        request_id = _parameter(location, "request")
        return request_id, decoded(await self.browser.get(f"/api/oauth/consent/{request_id}"))

    async def consent(
        self, authorization_url: str, *, workspace: str | None = None, scopes: tuple[str, ...] = DEFAULT_SCOPES
    ) -> str:
        """Authorize; the address to which the browser is sent then. Nobody follows it."""
        request_id, _ = await self.consent_page(authorization_url)
        decision = {"decision": "authorize", "workspace": workspace or self.workspace, "scopes": list(scopes)}
        return await self._decide(request_id, decision)

    async def decline(self, authorization_url: str) -> str:
        request_id, _ = await self.consent_page(authorization_url)
        return await self._decide(request_id, {"decision": "cancel"})

    async def authorizations(self, *, workspace: str | None = None) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.ask("GET", "/authorizations", workspace=workspace))["items"]
        return items

    async def revoke(self, authorization_id: str, *, workspace: str | None = None) -> None:
        await self.ask("DELETE", f"/authorizations/{authorization_id}", workspace=workspace)

    async def audited(self, tool: str, *, workspace: str | None = None) -> dict[str, Any]:
        """The newest finished audit line of that tool, waiting for its outcome."""
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while True:
                page = await self.ask("GET", "/audit", workspace=workspace, params={"tool": tool})
                if page["items"] and page["items"][0]["outcome"]:
                    line: dict[str, Any] = page["items"][0]
                    return line
                await asyncio.sleep(0.05)

    async def _decide(self, request_id: str, decision: dict[str, Any]) -> str:
        redirect_to: str = decoded(await self.browser.post(f"/api/oauth/consent/{request_id}/decision", decision))["redirect_to"]
        return redirect_to


def _parameter(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]
