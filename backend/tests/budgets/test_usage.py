"""Usage adds up to the audit, to the micro-USD, and is said as the guide says it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from conducktor.budgets.usage_operations import Days, UsagePeriod, days_between, period_days
from conducktor.budgets.usage_views import ServiceCost, summary
from conducktor.core.ids import new_id
from tests.budgets.lab import DOLLAR, Lab
from tests.budgets.test_calls import audited
from tests.gateway.client import text
from tests.product import decoded, signed_up


async def test_chatgpt_is_told_the_costs_in_the_sentence_of_the_guide(lab: Lab) -> None:
    for service, cost in (("Linear", 12_000_000), ("GitHub", 8_000_000), ("Slack", 3_450_000)):
        await a_past_call(lab, service.lower(), cost, title=service)
    told = await lab.client.call("conducktr_get_usage_stats", period="month")
    assert text(told) == "Total: $23.45 (Linear: $12, GitHub: $8, Slack: $3.45)"
    stats = told["structuredContent"]
    assert (stats["total_micro_usd"], stats["calls"]) == (23_450_000, 4)  # this very question is one of them
    assert [(s["service"], s["cost_micro_usd"]) for s in stats["services"]] == [
        ("Linear", 12_000_000), ("GitHub", 8_000_000), ("Slack", 3_450_000),
    ]  # fmt: skip


def test_nothing_spent_is_said_plainly() -> None:
    assert summary(0, [ServiceCost(service="Linear", connection="linear", calls=3, cost_micro_usd=0)]) == "Total: $0"


async def test_every_figure_of_the_report_adds_up_to_the_audit(lab: Lab) -> None:
    await lab.price(333_333, tool="echo")
    await lab.price(7, basis="kib", hold_micro_usd=5)
    for n in range(6):
        name = ("shelf_echo", "shelf_other", "shelf_unknown")[n % 3]
        await lab.client.legacy("tools/call", {"name": name, "arguments": {}})
    costs = [cost or 0 for _, cost in await audited(lab, 4)]
    report = await lab.get("/usage")
    whole = sum(costs)
    assert whole == 2 * 333_333 + 2 * 7
    assert report["total"]["cost_micro_usd"] == whole
    for several in ("days", "connections", "people", "tools", "conversations"):
        assert sum(line["cost_micro_usd"] for line in report[several]) == whole, several
        assert sum(line["calls"] for line in report[several]) == report["total"]["calls"] == 6, several
    assert sum(part["cost_micro_usd"] for day in report["days"] for part in day["connections"]) == whole
    assert (report["total"]["errors"], report["total"]["denied"]) == (0, 2)
    assert len(report["days"]) == 30
    shelf = next(line for line in report["connections"] if line["key"] == "shelf")
    assert shelf["label"] == "The Shelf"
    assert 0 < shelf["p50_ms"] <= shelf["p95_ms"]

    rows = list(csv.DictReader(io.StringIO((await lab.browser.get(f"{lab.url}/usage.csv")).text)))
    assert sum(round(float(row["cost_usd"] or 0) * 1_000_000) for row in rows) == whole
    assert len(rows) == 6


async def test_a_cell_of_the_export_is_never_a_formula(lab: Lab) -> None:
    await a_past_call(lab, "=cmd", 1, conversation="@SUM(A1)\r\n=1+1", tool='-"quoted",tool')
    answered = await lab.browser.get(f"{lab.url}/usage.csv")
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answered.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(answered.text, newline=""))
    assert (row["connection"], row["tool"], row["cost_usd"]) == ("'=cmd", '\'-"quoted",tool', "0.000001")
    assert row["conversation"].startswith("'@SUM")


async def test_a_member_sees_the_totals_and_only_the_own_line(lab: Lab) -> None:
    await lab.price(DOLLAR)
    await lab.client.call("shelf_echo")
    await audited(lab, 1)
    invited = decoded(
        await lab.browser.post(f"{lab.url}/invitations", {"email": (email := f"{uuid4().hex[:8]}@example.com"), "role": "member"})
    )
    async with await signed_up(lab.product, email, workspace_name=f"of {email[:8]}") as member:
        token = parse_qs(urlsplit(invited["link"]).query)["token"][0]
        decoded(await member.post("/api/invitations/accept", {"token": token}))
        report = decoded(await member.get(f"{lab.url}/usage"))
        assert report["total"]["cost_micro_usd"] == DOLLAR
        assert (report["people"], report["shows_everybody"]) == ([], False)
        assert len((await member.get(f"{lab.url}/usage.csv")).text.splitlines()) == 1


@pytest.mark.parametrize("query", ["first_day=2026-02-02&last_day=2026-02-01", "first_day=2020-01-01&last_day=2026-01-01"])
async def test_a_period_that_cannot_be_is_refused(lab: Lab, query: str) -> None:
    for path in ("usage", "usage/stats", "usage.csv"):
        assert (await lab.browser.get(f"{lab.url}/{path}?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (UsagePeriod.DAY, date(2026, 3, 1), date(2026, 3, 1)),
        (UsagePeriod.WEEK, date(2026, 2, 23), date(2026, 3, 1)),
        (UsagePeriod.MONTH, date(2026, 3, 1), date(2026, 3, 1)),
        (UsagePeriod.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_period_ends_today_and_begins_by_the_calendar(period: UsagePeriod, first: date, last: date) -> None:
    assert period_days(period, date(2026, 3, 1)) == Days(first, last)


def test_without_days_it_is_the_last_thirty() -> None:
    now = date(2026, 3, 1)
    assert days_between(None, None, now) == Days(now - timedelta(days=29), now)


async def a_past_call(lab: Lab, connection: str, cost: int, *, title: str | None = None, **more: Any) -> None:
    """A call in the audit, as the trail writes it, of a connection that may be gone."""
    (workspace,) = await lab.fetch("SELECT id FROM workspaces WHERE slug = $1", lab.slug)
    (person,) = await lab.fetch("SELECT user_id FROM members WHERE workspace_id = $1", workspace["id"])
    if title:
        await lab.fetch(
            "INSERT INTO connections (id, workspace_id, name, title, url, transport, auth, revision, state, state_since, "
            "failures_in_row, notes, created_at, updated_at) VALUES ($1, $2, $3, $4, 'https://mcp.example.com', "
            "'streamable_http', 'none', 1, 'ACTIVE', now(), 0, '[]', now(), now())",
            new_id(), workspace["id"], connection, title,
        )  # fmt: skip
    entry = new_id()
    await lab.fetch(
        "INSERT INTO audit_entries (id, at, workspace_id, kind, surface, user_id, user_name, connection_name, method, tool, "
        "conversation_id) VALUES ($1, $2, $3, 'call', 'mcp', $4, 'Ada', $5, 'tools/call', $6, $7)",
        entry, datetime.now(UTC), workspace["id"], person["user_id"], connection, more.get("tool", "tool"),
        more.get("conversation"),
    )  # fmt: skip
    await lab.fetch(
        "INSERT INTO audit_outcomes (entry_id, at, outcome, duration_us, cost_micro_usd) VALUES ($1, now(), 'ok', 1500, $2)",
        entry, cost,
    )  # fmt: skip
