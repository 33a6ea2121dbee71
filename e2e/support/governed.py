"""Approvals, budgets, prices and channels for the showcase: made through the product's own doors."""

import asyncio
from typing import Any

from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person

SETTLES_WITHIN_S = 30.0
ASKED = {"member": "linear-prod_create_issue", "contractor": "linear-prod_update_issue"}


async def set_prices_and_budgets(owner: Person) -> None:
    """Before any call is made, so that it has a cost. Slack has a price; what the warehouse costs nobody has said."""
    for connection, tool, micro_usd in _PRICES:
        wish = {"connection": connection, "tool": tool, "basis": "call", "micro_usd": micro_usd}
        await owner.ask("PUT", "/prices", json=wish)
    for budget in _BUDGETS:
        await owner.ask("POST", "/budgets", json=budget)


async def add_channels(owner: Person) -> None:
    """Two that nothing can be delivered to, because their port is closed."""
    await owner.ask("POST", "/notices/channels", json=_CHAT)
    made = await owner.ask("POST", "/notices/channels", json=_DESK)
    await owner.ask("POST", f"/notices/channels/{made['channel']['id']}/test")


async def ask_for_approvals(owner: Person, member: ChatGpt, contractor: ChatGpt) -> dict[str, str]:
    """Requests in each state that people look at; `approval` is one that waits and has much to show."""
    await owner.ask("POST", "/policies", json=_POLICY)
    approved = await _asked(member, ASKED["member"], title="Renew the certificate of the build server", priority="high")
    await _decided(owner, approved, "approve", "Do it before the weekend.")
    await _until(owner, approved, "executed")
    denied = await _asked(contractor, ASKED["contractor"], issue_id="ENG-101", state="done")
    await _decided(owner, denied, "deny", "Not before it has been reviewed.")
    await _asked(contractor, ASKED["contractor"], issue_id="ENG-104", state="done")
    waiting = await _asked(member, ASKED["member"], **_LONG)
    return {"approval": waiting, "approval_executed": approved, "approval_denied": denied}


async def _asked(app: ChatGpt, tool: str, **arguments: Any) -> str:
    result = (await app.ask("tools/call", {"name": tool, "arguments": arguments})).json()["result"]
    approval_id: str = result["structuredContent"]["approval_id"]
    return approval_id


async def _decided(person: Person, approval: str, decision: str, comment: str) -> None:
    await person.ask("POST", f"/approvals/{approval}/decision", json={"decision": decision, "comment": comment})


async def _until(person: Person, approval: str, state: str) -> None:
    async with asyncio.timeout(SETTLES_WITHIN_S):
        while (await person.ask("GET", f"/approvals/{approval}"))["approval"]["state"] != state:
            await asyncio.sleep(0.1)


_PRICES = (
    ("linear-prod", None, 250_000),
    ("linear-prod", "search_issues", 20_000),
    ("github-main", None, 100_000),
    ("slack-alerts", None, 50_000),
)

_BUDGETS: tuple[dict[str, Any], ...] = (
    {
        "name": "Issues and code",
        "limit_micro_usd": 100_000_000,
        "covers": {"connections": ["linear-prod", "github-main"], "tools": [], "roles": [], "people": []},
    },
    {
        "name": "Chat",
        "limit_micro_usd": 250_000,
        "period": "week",
        "is_hard": False,
        "covers": {"connections": ["slack-alerts"], "tools": [], "roles": [], "people": []},
    },
    {"name": "Each person", "limit_micro_usd": 5_000_000, "period": "day", "share": "person", "is_hard": False},
    {
        "name": "Warehouse pilot",
        "limit_micro_usd": 10_000_000,
        "is_enabled": False,
        "covers": {"connections": ["warehouse"], "tools": [], "roles": [], "people": []},
    },
)

_POLICY: dict[str, Any] = {
    "name": "Issue changes need approval",
    "kind": "require_approval",
    "settings": {"approvers": {"roles": ["owner", "admin"]}, "reason": "Issues of the build team drive releases."},
    "who": {"roles": ["member", "contractor"]},
    "what": {"tools": list(ASKED.values())},
}

_CHAT = {"name": "Team chat", "kind": "slack", "topics": ["approvals"], "url": "http://127.0.0.1:9/services/T1/B1/x"}
_DESK = {"name": "Service desk", "kind": "webhook", "topics": ["approvals", "budgets"], "url": "http://127.0.0.1:9/hook"}

_LONG = {
    "title": "Give the new hires access to the payroll export",
    "description": "Asked for by mail.\u200b Please hurry.\n\n" + "The export holds names, salaries and accounts. " * 24,
    "labels": ["access", "payroll"],
    "priority": "high",
}
