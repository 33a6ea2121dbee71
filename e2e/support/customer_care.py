"""A workspace whose services people use with their own accounts, for pictures: signed in, out, ended, by key; pinned keys."""

import json
import re
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

from e2e.support.chatgpt import ChatGpt
from e2e.support.people import DEFAULT_SCOPES, Person
from e2e.support.provider_pages import sign_in
from e2e.support.showcase import Showcase
from e2e.support.tls_front import tls_front
from e2e.upstreams import servers
from tests.product import decoded
from tests.support.certificates import Authority
from tests.support.ports import quiet_port
from tests.support.promptly import PATIENCE_S
from tests.support.rpc_server import Behaviour, RpcServer, result

OTHER_PINS = ["A" * 43 + "=", "B" * 43 + "="]


class CustomerCare:
    """`async with CustomerCare(shown, authority) as care`: `workspace` of the showcase's owner, to which the others belong too.

    `link_of_contractor` is the path of a link from the contractor's chat; `consent_path` asks for one toolset only.
    """

    workspace: str
    link_of_contractor: str
    consent_path: str
    entry: str
    entry_refused: str

    def __init__(self, shown: Showcase, authority: Authority) -> None:
        self._shown = shown
        self._authority = authority
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.workspace = await self._shown.owner.make_workspace("Customer care")
        for person, role in ((self._shown.admin, "admin"), (self._shown.contractor, "contractor")):
            sent = await self._ask("POST", "/invitations", json={"email": person.email, "role": role})
            token = parse_qs(urlsplit(sent["link"]).query)["token"][0]
            decoded(await person.browser.post("/api/invitations/accept", {"token": token}))
        url = await self._open.enter_async_context(servers.guarded())
        await self._signed_in_with_own_accounts(url)
        await self._with_keys()
        await self._pinned()
        await self._only_part()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._open.aclose()

    async def _signed_in_with_own_accounts(self, url: str) -> None:
        """The service ends what the admin had; the owner is signed in, the contractor never was."""
        owner, admin, contractor = self._shown.owner, self._shown.admin, self._shown.contractor
        for name, title, classes in _GUARDED:
            await self._ask("POST", "/connections", json={"name": name, "title": title, "url": url, "auth": "oauth"})
            await self._ask("PATCH", f"/connections/{name}", json={"personal_for": classes})
        await sign_in(admin, "/connections/service-desk/own-account/sign-in", workspace=self.workspace)
        async with httpx.AsyncClient(timeout=PATIENCE_S) as service:
            await service.post(url.removesuffix("/mcp") + "/forget")
        await (await self._chat(admin)).call("service-desk_echo", message="Ticket 4710")
        await sign_in(owner, "/connections/service-desk/own-account/sign-in", workspace=self.workspace)
        await sign_in(owner, "/connections/customer-files/sign-in", workspace=self.workspace)
        await (await self._chat(owner)).call("service-desk_echo", message="Ticket 4711")
        self.entry = (await owner.audited("echo", workspace=self.workspace))["id"]
        refused = await (await self._chat(contractor)).call("service-desk_echo", message="Ticket 4712")
        found = re.search(r"http\S+", refused["content"][0]["text"])
        assert found, refused
        self.link_of_contractor = found[0].removeprefix(owner.product.origin)
        self.entry_refused = (await owner.audited("echo", workspace=self.workspace))["id"]

    async def _with_keys(self) -> None:
        payroll = await self._open.enter_async_context(RpcServer(_PAYROLL))
        wish = {"name": "payroll", "title": "Payroll", "url": payroll.url, "auth": "header", "header_name": "X-Api-Key"}
        await self._shown.owner.connect(workspace=self.workspace, **wish, secret="the-workspaces-key")
        await self._ask("PATCH", "/connections/payroll", json={"personal_for": ["destructive", "write"]})

    async def _pinned(self) -> None:
        vault = await self._open.enter_async_context(RpcServer(_PAYROLL))
        for name, title in (("vault", "Vault"), ("vault-changed", "Archive")):
            port = quiet_port()
            behind = urlsplit(vault.url).port or 0
            await self._open.enter_async_context(tls_front(port, behind, self._authority.server("localhost")))
            await self._shown.owner.connect(
                workspace=self.workspace, name=name, title=title, url=f"https://localhost:{port}/mcp", auth="bearer", secret="k"
            )
            shown = (await self._ask("GET", f"/connections/{name}/shown-key"))["pin"]
            pins = [shown, OTHER_PINS[0]] if name == "vault" else OTHER_PINS
            await self._ask("PATCH", f"/connections/{name}", json={"pins": pins})
        await self._ask("POST", "/connections/vault-changed/test")

    async def _only_part(self) -> None:
        triage = {"name": "triage", "title": "Triage", "rules": [{"classes": ["read"]}]}
        await self._ask("POST", "/toolsets", json=triage)
        endpoint = f"{self._shown.owner.product.endpoint}/toolsets/triage"
        await self._chat(self._shown.owner, endpoint)
        await self._chat(self._shown.contractor, f"{self._shown.owner.product.endpoint}/service-desk")
        async with ChatGpt(endpoint) as app:
            await app.discover_authorization()
            request_id, _ = await self._shown.contractor.consent_page(app.authorization_url())
        self.consent_path = f"/oauth/consent?request={request_id}"

    async def _chat(self, person: Person, endpoint: str | None = None) -> ChatGpt:
        app = await self._open.enter_async_context(ChatGpt(endpoint or self._shown.owner.product.endpoint))
        await app.connect(person, workspace=self.workspace, scopes=DEFAULT_SCOPES)
        return app

    async def _ask(self, method: str, path: str, **given: Any) -> Any:
        return await self._shown.owner.ask(method, path, workspace=self.workspace, **given)


_GUARDED: tuple[tuple[str, str, list[str]], ...] = (
    ("service-desk", "Service desk", ["read", "write", "destructive"]),
    ("customer-files", "Customer files", ["write", "destructive"]),
    ("wiki", "Wiki", ["read", "write", "destructive"]),
    ("knowledge-base", "Knowledge base", []),
)
_TOOLS: Behaviour = result(
    json.dumps(
        {
            "tools": [
                {
                    "name": "list_runs",
                    "description": "List payroll runs.",
                    "inputSchema": {"type": "object"},
                    "annotations": {"readOnlyHint": True},
                },
                {"name": "start_run", "description": "Start a payroll run.", "inputSchema": {"type": "object"}},
            ]
        }
    )
)
_PAYROLL: dict[str, Behaviour] = {"tools/list": _TOOLS, "tools/call": result('{"content":[{"type":"text","text":"done"}]}')}
