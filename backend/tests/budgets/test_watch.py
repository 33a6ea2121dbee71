"""People are told that a budget fills up: once for each threshold, subject and period."""

import json
from typing import Any

from tests.budgets.lab import DOLLAR, Lab
from tests.budgets.test_calls import until


async def notices(lab: Lab, count: int) -> list[dict[str, Any]]:
    """The bodies of the workspace's notices, once there are so many, in the order of their thresholds."""

    async def enough() -> list[dict[str, Any]]:
        rows = await lab.fetch(
            "SELECT n.body FROM notices n JOIN workspaces w ON w.id = n.workspace_id WHERE w.slug = $1 AND n.topic = 'budgets'",
            lab.slug,
        )
        found = sorted((json.loads(row["body"]) for row in rows), key=lambda body: body["facts"]["threshold_percent"])
        return found if len(found) >= count else []

    found: list[dict[str, Any]] = await until(enough)
    assert len(found) == count
    return found


async def test_each_threshold_is_told_once(lab: Lab) -> None:
    await lab.price(10 * DOLLAR)
    await lab.budget(100 * DOLLAR)
    for _ in range(5):
        await lab.client.call("shelf_echo")
    (half,) = await notices(lab, 1)
    assert half["title"] == "The budget “Tools” has reached 50 %"
    assert half["text"].startswith("$50 of $100 are spent in this month. Calls that would exceed it are refused.")
    assert half["link"].endswith(f"/w/{lab.slug}/budgets")
    for _ in range(6):
        await lab.client.call("shelf_echo")
    told = await notices(lab, 3)
    assert [body["facts"]["threshold_percent"] for body in told] == [50, 80, 100]
    assert told[2]["title"] == "The budget “Tools” is used up"


async def test_a_refused_call_says_that_the_budget_is_used_up_though_something_is_left(lab: Lab) -> None:
    await lab.price(60 * DOLLAR)
    await lab.budget(100 * DOLLAR, thresholds=[100])
    await lab.client.call("shelf_echo")
    await lab.client.call("shelf_echo")
    (told,) = await notices(lab, 1)
    assert told["facts"]["spent_micro_usd"] == 60 * DOLLAR


async def test_of_a_persons_own_share_people_are_told_by_name(lab: Lab) -> None:
    await lab.price(DOLLAR)
    await lab.budget(DOLLAR, share="person", is_hard=False, thresholds=[80])
    await lab.client.call("shelf_echo")
    (told,) = await notices(lab, 1)
    assert told["title"] == "The budget “Tools” (Ada) has reached 80 %"
    assert "It only tells" in told["text"]
