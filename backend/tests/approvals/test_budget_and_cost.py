"""Money between the request and its carrying out."""

import asyncio

import asyncpg

from tests.approvals.desk import Desk
from tests.gateway.client import text
from tests.product import decoded
from tests.support.promptly import PATIENCE_S
from tests.workspaces.team import LAB


async def test_the_estimate_is_shown_and_a_budget_that_is_gone_by_then_keeps_it_from_being_carried_out(desk: Desk) -> None:
    await desk.policy(tools=("shelf_other",))
    decoded(
        await desk.owner.browser.request("PUT", f"{LAB}/prices", json={"connection": "shelf", "basis": "call", "micro_usd": 600})
    )
    budget = decoded(
        await desk.owner.browser.post(f"{LAB}/budgets", {"name": "Small", "limit_micro_usd": 1000, "period": "month"})
    )
    try:
        asked = await desk.ask(tool="shelf_other")
        assert (await desk.get(asked.id))["approval"]["estimate_micro_usd"] == 600
        assert text(await desk.client.call("shelf_echo", text="spends")) == "done"

        decoded(await desk.decide(asked.id))

        line = await desk.ended(asked.id)
        assert line["state"] == "void"
        assert line["reason"].startswith("Operation blocked: Monthly budget limit reached ($0")
        assert desk.executions(asked.text) == 0
    finally:
        decoded(await desk.owner.browser.delete(f"{LAB}/budgets/{budget['id']}"))
        decoded(await desk.owner.browser.delete(f"{LAB}/prices/shelf"))


async def test_what_was_carried_out_is_charged_once_however_often_its_answer_is_fetched(desk: Desk) -> None:
    await desk.policy(tools=("shelf_other",))
    decoded(
        await desk.owner.browser.request("PUT", f"{LAB}/prices", json={"connection": "shelf", "basis": "call", "micro_usd": 600})
    )
    budget = decoded(
        await desk.owner.browser.post(f"{LAB}/budgets", {"name": "Ample", "limit_micro_usd": 9000, "period": "month"})
    )
    try:
        before = await _spent(desk)
        asked = await desk.ask(tool="shelf_other")
        decoded(await desk.decide(asked.id))
        assert (await desk.ended(asked.id))["state"] == "executed"
        for _ in range(3):
            assert text(await asked.again()) == "done"

        async with asyncio.timeout(PATIENCE_S):
            while await _spent(desk) != before + 600:
                await asyncio.sleep(0.02)
    finally:
        decoded(await desk.owner.browser.delete(f"{LAB}/budgets/{budget['id']}"))
        decoded(await desk.owner.browser.delete(f"{LAB}/prices/shelf"))


async def _spent(desk: Desk) -> int:
    """By the audit."""
    connection = await asyncpg.connect(desk.product.parts.settings.database_url)
    try:
        return int(await connection.fetchval("SELECT coalesce(sum(cost_micro_usd), 0) FROM audit_outcomes"))
    finally:
        await connection.close()
