"""Several people and the clock at once: one final state, one execution.

`APPROVAL_RACES=200` runs each race as often as is promised.
"""

import asyncio
import os
from uuid import uuid4

import pytest

from tests.approvals.desk import FINAL, Desk

RACES = int(os.environ.get("APPROVAL_RACES", "8"))
AT_ONCE = 8


async def _race(desk: Desk, name: str) -> None:
    asked = await desk.ask(f"{name} {uuid4().hex}")
    soon = "UPDATE approvals SET expires_at = clock_timestamp() + interval '5 milliseconds' WHERE id = $1"
    match name:
        case "two approvers":
            answers = [*await asyncio.gather(desk.decide(asked.id, desk.admin), desk.decide(asked.id, desk.other_admin))]
        case "approve and deny":
            denial = desk.decide(asked.id, desk.other_admin, "deny")
            answers = [*await asyncio.gather(desk.decide(asked.id, desk.admin), denial)]
        case "approve and cancel":
            path = f"/api/workspaces/lab/approvals/{asked.id}/cancellation"
            answers = [*await asyncio.gather(desk.decide(asked.id, desk.admin), desk.member.browser.post(path))]
        case "approve and expire":
            await desk.sql(soon, asked.id)
            sweep = desk.product.parts.executions.reconcile()
            answers = [(await asyncio.gather(desk.decide(asked.id, desk.admin), sweep))[0]]
        case _:
            answers = [*await asyncio.gather(*(desk.decide(asked.id, desk.admin) for _ in range(2)))]
    line = await desk.ended(asked.id, within_s=60)
    final = line["state"]
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(200) <= 1, statuses
    assert set(statuses) <= {200, 409}, statuses
    conflicts = [answer.json()["facts"]["state"] for answer in answers if answer.status_code == 409]
    assert all(state == final or (final == "executed" and state in ("approved", "executing")) for state in conflicts)
    assert final in FINAL - {"void", "outcome_unknown"}
    assert desk.executions(asked.text) == (1 if final == "executed" else 0)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["two approvers", "approve and deny", "approve and cancel", "approve and expire", "double post"])
async def test_there_is_one_final_state_and_at_most_one_execution(desk: Desk, name: str) -> None:
    await desk.policy()
    for _ in range(0, RACES, AT_ONCE):
        await asyncio.gather(*(_race(desk, name) for _ in range(AT_ONCE)))


async def test_one_approval_is_never_executed_twice_by_several_workers_and_reconcilers(desk: Desk) -> None:
    await desk.policy()
    parts = desk.product.parts
    asked = [await desk.ask() for _ in range(4)]
    decisions = [desk.decide(one.id) for one in asked]

    await asyncio.gather(*decisions, *(parts.executions.reconcile() for _ in range(8)))

    for one in asked:
        assert (await desk.ended(one.id))["state"] == "executed"
        assert desk.executions(one.text) == 1
