"""Budgets as a client of the gateway meets them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.budgets.lab import DOLLAR, Lab
from tests.gateway.client import text
from tests.product import decoded
from tests.support.ports import quiet_port
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import answer
from tests.support.rpc_server import Behaviour, error, hang, reset


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    """Wait for a true answer, and give it back. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await holds()):
            await asyncio.sleep(0.02)
    return found


async def audited(lab: Lab, calls: int) -> list[tuple[str, int | None]]:
    """Outcomes and costs, once there are so many."""

    async def enough() -> list[tuple[str, int | None]]:
        found = await lab.audited()
        return found if len(found) >= calls else []

    found: list[tuple[str, int | None]] = await until(enough)
    return found


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        ("month", "Operation blocked: Monthly budget limit reached ($100)"),
        ("week", "Operation blocked: Weekly budget limit reached ($100)"),
        ("day", "Operation blocked: Daily budget limit reached ($100)"),
    ],
)
async def test_a_budget_that_is_used_up_blocks_in_the_words_of_the_guide(lab: Lab, period: str, sentence: str) -> None:
    await lab.price(60 * DOLLAR)
    budget = await lab.budget(100 * DOLLAR, period=period)
    assert text(await lab.client.call("shelf_echo")) == "done"

    blocked = await lab.client.call("shelf_echo")
    assert blocked["isError"]
    assert text(blocked).startswith(sentence)
    facts = blocked["structuredContent"]
    assert (facts["reason"], facts["budget"], facts["spent_micro_usd"]) == (sentence, "Tools", 60 * DOLLAR)
    assert facts["resets_at"].endswith("Z")
    assert len(lab.shelf.bodies("tools/call")) == 1
    assert await audited(lab, 2) == [("ok", 60 * DOLLAR), ("denied", None)]
    state = await until(lambda: _settled(lab, budget["id"]))
    assert (state["spent_micro_usd"], state["left_micro_usd"]) == (60 * DOLLAR, 40 * DOLLAR)


async def _settled(lab: Lab, budget_id: str) -> dict[str, Any]:
    state = await lab.state(budget_id)
    return state if state["held_micro_usd"] == 0 else {}


async def test_a_budget_of_nothing_refuses_what_is_priced_and_lets_pass_what_is_free(lab: Lab) -> None:
    await lab.price(1)
    await lab.price(0, tool="other", basis="free")
    await lab.budget(0)
    assert text(await lab.client.call("shelf_echo")).startswith("Operation blocked: Monthly budget limit reached ($0)")
    assert text(await lab.client.call("shelf_other")) == "done"
    assert await audited(lab, 2) == [("denied", None), ("ok", 0)]


async def test_a_tool_without_a_price_is_refused_under_a_hard_budget_until_it_is_declared_free(lab: Lab) -> None:
    await lab.budget(DOLLAR, covers={"tools": ["shelf_e*"]})
    refused = await lab.client.call("shelf_echo")
    assert refused["isError"]
    assert "shelf_echo has no price, and the budget “Tools” covers it." in text(refused)
    assert "must price it or declare it free" in text(refused)
    assert text(await lab.client.call("shelf_other")) == "done"
    listed = await lab.get("/prices/unpriced")
    assert [(t["tool"], t["is_blocked"]) for t in listed["items"]] == [("echo", True), ("other", False)]

    await lab.price(0, basis="free")
    assert text(await lab.client.call("shelf_echo")) == "done"
    assert (await lab.get("/prices/unpriced"))["items"] == []


async def test_a_budget_that_only_tells_does_not_ask_for_prices(lab: Lab) -> None:
    await lab.budget(DOLLAR, is_hard=False)
    assert text(await lab.client.call("shelf_echo")) == "done"
    assert await audited(lab, 1) == [("ok", None)]


async def test_a_new_budget_begins_with_what_the_period_has_cost_so_far(lab: Lab) -> None:
    await lab.price(30 * DOLLAR)
    await lab.client.call("shelf_echo")
    await lab.client.call("shelf_other")
    await audited(lab, 2)
    whole = await lab.budget(100 * DOLLAR, name="All")
    echo = await lab.budget(100 * DOLLAR, name="Echo", covers={"tools": ["*_echo"]}, share="person")
    await lab.client.call("shelf_echo")
    await until(lambda: _spent(lab, whole["id"], 90 * DOLLAR))
    await until(lambda: _spent(lab, echo["id"], 60 * DOLLAR))
    assert text(await lab.client.call("shelf_other")).startswith("Operation blocked")


async def _spent(lab: Lab, budget_id: str, micro_usd: int) -> bool:
    state = await lab.state(budget_id)
    return bool(state["spent_micro_usd"] == micro_usd and state["held_micro_usd"] == 0)


async def test_a_budget_that_covers_something_else_now_counts_that_from_the_periods_beginning(lab: Lab) -> None:
    await lab.price(10 * DOLLAR)
    budget = await lab.budget(100 * DOLLAR, covers={"tools": ["shelf_echo"]})
    await lab.client.call("shelf_echo")
    await lab.client.call("shelf_other")
    await until(lambda: _spent(lab, budget["id"], 10 * DOLLAR))
    await audited(lab, 2)
    await lab.browser.patch(f"{lab.url}/budgets/{budget['id']}", {"covers": {}})
    await lab.client.call("shelf_other")
    await until(lambda: _spent(lab, budget["id"], 30 * DOLLAR))


async def test_a_raised_limit_lets_the_next_call_pass(lab: Lab) -> None:
    await lab.price(DOLLAR)
    budget = await lab.budget(DOLLAR)
    await lab.client.call("shelf_echo")
    assert (await lab.client.call("shelf_echo"))["isError"]
    await lab.browser.patch(f"{lab.url}/budgets/{budget['id']}", {"limit_micro_usd": 2 * DOLLAR})
    await until(lambda: _passes(lab))


async def _passes(lab: Lab) -> bool:
    return "done" in text(await lab.client.call("shelf_echo"))


HTML = answer(b"<html>Bad gateway</html>", content_type="text/html")
TOOL_ERROR = '{"content":[{"type":"text","text":"no such issue"}],"isError":true}'

ENDS: dict[str, tuple[Behaviour | str, int]] = {
    "answers": ('{"content":[]}', 7),
    "says that the tool failed": (TOOL_ERROR, 7),
    "answers with an error of the protocol": (error(-32603, "no"), 0),
    "asks for sign-in": (answer(b"", "401 Unauthorized"), 0),
    "limits the rate": (answer(b"", "429 Too Many Requests"), 0),
    "does not answer in time": (hang, 7),
    "resets the connection": (reset, 7),
    "answers what is not MCP": (HTML, 7),
    "fails": (answer(b"oops", "500 Internal Server Error"), 7),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_call_costs_by_the_stated_rule_when_its_service(lab: Lab, end: str) -> None:
    behaviour, cost = ENDS[end]
    if isinstance(behaviour, str):
        lab.answers(behaviour)
    else:
        lab.shelf._behaviours["tools/call"] = behaviour
    await lab.price(7)
    budget = await lab.budget(1_000)
    await lab.client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})
    ((_, audited_cost),) = await audited(lab, 1)
    assert audited_cost == cost
    await until(lambda: _spent(lab, budget["id"], cost))


async def test_a_service_that_cannot_be_reached_costs_nothing(lab: Lab) -> None:
    await lab.price(7)
    budget = await lab.budget(1_000)
    await lab.fetch("UPDATE connections SET url = $1 WHERE name = 'shelf'", f"http://127.0.0.1:{quiet_port()}/mcp")
    await lab.reconnected()
    try:
        assert (await lab.client.call("shelf_echo"))["isError"]
        assert await audited(lab, 1) == [("upstream_error", 0)]
        await until(lambda: _spent(lab, budget["id"], 0))
    finally:
        await lab.fetch("UPDATE connections SET url = $1 WHERE name = 'shelf'", lab.shelf.url)
        await lab.reconnected()


async def test_a_call_withdrawn_after_it_was_sent_is_charged(lab: Lab) -> None:
    await lab.price(7)
    budget = await lab.budget(1_000)
    lab.shelf._behaviours["tools/call"] = hang
    asking = asyncio.create_task(lab.client.modern("tools/call", {"name": "shelf_echo", "arguments": {}}))
    await until(lambda: _arrived(lab))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    ((outcome, cost),) = await audited(lab, 1)
    assert (outcome, cost) == ("cancelled", 7)
    await until(lambda: _spent(lab, budget["id"], 7))


async def _arrived(lab: Lab) -> bool:
    return bool(lab.shelf.bodies("tools/call"))


COSTS = {
    "12.5": (12_500_000, False),
    "0": (0, False),
    "1e-6": (1, False),
    "0.0000001": (1, False),
    "-1": (5, True),
    '"3"': (5, True),
    "1e400": (5, True),
    "99999999999999999999999": (5, True),
    "null": (5, True),
}


@pytest.mark.parametrize("said", COSTS)
async def test_a_cost_that_the_service_says_is_taken_when_it_can_be_true(lab: Lab, said: str) -> None:
    cost, remarked = COSTS[said]
    await lab.price(DOLLAR, basis="meta", meta_key="cost_usd", hold_micro_usd=5)
    budget = await lab.budget(1_000 * DOLLAR)
    lab.answers(f'{{"content":[],"_meta":{{"cost_usd":{said}}}}}')
    await lab.client.call("shelf_echo")
    assert await audited(lab, 1) == [("ok", cost)]
    await until(lambda: _spent(lab, budget["id"], cost))
    (entry,) = (await lab.get("/audit?kind=call&connection=shelf"))["items"]
    detail = await lab.get(f"/audit/{entry['id']}")
    assert ("held is charged" in (detail["decision"] or {}).get("cost_remark", "")) is remarked


async def test_what_counts_by_the_kib_is_rounded_up_and_may_end_above_the_limit(lab: Lab) -> None:
    await lab.price(10, basis="kib", hold_micro_usd=10)
    budget = await lab.budget(25)
    lab.answers(f'{{"content":[{{"type":"text","text":"{"x" * 3000}"}}]}}')
    assert not (await lab.client.call("shelf_echo")).get("isError")
    assert await audited(lab, 1) == [("ok", 30)]
    await until(lambda: _spent(lab, budget["id"], 30))
    assert text(await lab.client.call("shelf_echo")).startswith("Operation blocked")


async def test_each_person_conversation_and_connection_has_its_own_share(lab: Lab) -> None:
    await lab.price(DOLLAR)
    await lab.budget(DOLLAR, share="conversation")
    for conversation in ("v1/one", "v1/two"):
        for blocked in (False, True):
            asked = {"name": "shelf_echo", "arguments": {}, "_meta": {"openai/session": conversation}}
            answered = (await lab.client.legacy("tools/call", asked)).json()["result"]
            assert bool(answered.get("isError")) is blocked


async def test_a_limit_that_a_policy_sets_counts_and_blocks_like_a_budget(lab: Lab) -> None:
    await lab.price(40 * DOLLAR)
    wish = {"name": "At most", "kind": "budget_limit", "settings": {"amount_usd": 100}}
    policy = decoded(await lab.browser.post(f"{lab.url}/policies", wish))
    try:
        for words in ("done", "done", "Operation blocked: Monthly budget limit reached ($100)"):
            assert text(await lab.client.call("shelf_echo")).startswith(words)
        counter = await until(lambda: _policy_counter(lab))
        assert (counter["policy_id"], counter["spent_micro_usd"]) == (policy["id"], 80 * DOLLAR)
    finally:
        decoded(await lab.browser.delete(f"{lab.url}/policies/{policy['id']}"))


async def _policy_counter(lab: Lab) -> dict[str, Any]:
    (counter,) = (await lab.get("/budgets"))["policy_counters"]
    return counter if counter["held_micro_usd"] == 0 else {}
