"""What a call costs in whose course the service asks something: its price once, however many rounds it takes."""

import asyncio
import json
from typing import Any

import pytest

from tests.budgets.lab import Lab
from tests.budgets.test_calls import until
from tests.gateway.client import MODERN, text
from tests.gateway.curious import ABLE, FORM, Curious, asked_on_stream, call_modern, introduce, respond
from tests.product import decoded
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply

DOLLAR = 1_000_000
YES = {"action": "accept", "content": {"ok": True}}
QUESTION = {"resultType": "input_required", "inputRequests": {"sure": FORM}}


class Stateless:
    """How a service of 2026-07-28 asks twice before it answers, with a state of its own or without one."""

    def __init__(self, *, has_state: bool) -> None:
        self.has_state = has_state
        self.rounds = 0

    async def __call__(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.rounds += 1
        told: dict[str, Any] = QUESTION | ({"requestState": f"after {self.rounds}"} if self.has_state else {})
        if self.rounds == 3:
            assert received.json["params"].get("requestState") == ("after 2" if self.has_state else None)
            told = {"resultType": "complete", "content": [{"type": "text", "text": "done"}], "_meta": {"cost": 2}}
        writer.write(answer(reply(received, json.dumps(told))))


async def _modern(lab: Lab, *, has_state: bool) -> None:
    async def discover(received: Received, writer: asyncio.StreamWriter) -> None:
        told = {"resultType": "complete", "supportedVersions": [MODERN], "capabilities": {"tools": {}}}
        writer.write(answer(reply(received, json.dumps(told))))

    lab.shelf._behaviours |= {"server/discover": discover, "tools/call": Stateless(has_state=has_state)}
    wish = {"name": "modern", "url": lab.shelf.url, "auth": "none"}
    made = decoded(await lab.browser.post(f"{lab.url}/connections", wish))
    assert (made["state"], made["protocol_version"]) == ("ACTIVE", MODERN)


async def _rounds(lab: Lab, name: str, many: int = 2) -> Any:
    """The answer after so many questions."""
    told = await call_modern(lab.client, name=name)
    for _ in range(many):
        assert told["result"]["resultType"] == "input_required", told
        answers = dict.fromkeys(told["result"]["inputRequests"], YES)
        told = await call_modern(lab.client, name=name, inputResponses=answers, requestState=told["result"]["requestState"])
    return told["result"]


async def _price(lab: Lab, connection: str, **price: Any) -> dict[str, Any]:
    wish = {"connection": connection, "tool": None, "basis": "call", "micro_usd": DOLLAR, **price}
    decoded(await lab.browser.request("PUT", f"{lab.url}/prices", json=wish))
    return await lab.budget(DOLLAR * 10)


async def _costs(lab: Lab, connection: str, many: int) -> list[int | None]:
    """Of the finished calls, oldest first."""

    async def finished() -> list[int | None]:
        rows = await lab.fetch(
            "SELECT o.cost_micro_usd FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id JOIN workspaces w"
            " ON w.id = e.workspace_id WHERE w.slug = $1 AND e.connection_name = $2 ORDER BY e.id",
            lab.slug,
            connection,
        )
        return [row["cost_micro_usd"] for row in rows] if len(rows) >= many else []

    found: list[int | None] = await until(finished)
    return found


async def _spent(lab: Lab, budget: dict[str, Any]) -> dict[str, Any]:
    """Once nothing is held any more."""

    async def settled() -> dict[str, Any]:
        state = await lab.state(budget["id"])
        return state if not state["held_micro_usd"] else {}

    found: dict[str, Any] = await until(settled)
    return found


@pytest.mark.parametrize("has_state", [True, False], ids=["with-state", "without"])
async def test_a_call_with_three_rounds_costs_its_price_once(lab: Lab, has_state: bool) -> None:
    await _modern(lab, has_state=has_state)
    budget = await _price(lab, "modern")
    assert text(await _rounds(lab, "modern_echo")) == "done"
    assert await _costs(lab, "modern", 3) == [DOLLAR, 0, 0]
    assert (await _spent(lab, budget))["spent_micro_usd"] == DOLLAR
    await _is_one_story(lab, "modern")


async def _is_one_story(lab: Lab, connection: str) -> None:
    lines = (await lab.get(f"/audit?connection={connection}"))["items"]
    begun = lines[-1]["id"]
    told = [(await lab.get(f"/audit/{line['id']}"))["decision"].get("continues") for line in lines]
    assert told == [begun, begun, None]


async def test_a_budget_of_one_call_holds_for_all_its_rounds_and_not_for_another(lab: Lab) -> None:
    await _modern(lab, has_state=True)
    await _price(lab, "modern", micro_usd=DOLLAR * 10)
    assert text(await _rounds(lab, "modern_echo")) == "done"
    refused = await call_modern(lab.client, name="modern_echo")
    assert text(refused["result"]).startswith("Operation blocked")


async def test_what_the_service_says_that_it_costs_is_said_by_its_answer(lab: Lab) -> None:
    await _modern(lab, has_state=True)
    budget = await _price(lab, "modern", basis="meta", meta_key="cost", hold_micro_usd=DOLLAR)
    assert text(await _rounds(lab, "modern_echo")) == "done"
    assert await _costs(lab, "modern", 3) == [0, 0, 2 * DOLLAR]
    assert (await _spent(lab, budget))["spent_micro_usd"] == 2 * DOLLAR


async def test_a_state_that_was_used_makes_no_other_call_free(lab: Lab) -> None:
    await _modern(lab, has_state=True)
    await _price(lab, "modern")
    first = (await call_modern(lab.client, name="modern_echo"))["result"]
    given = {"inputResponses": {"sure": YES}, "requestState": first["requestState"]}
    assert (await call_modern(lab.client, name="modern_echo", **given))["result"]["resultType"] == "input_required"
    asked = len(lab.shelf.bodies("tools/call"))
    assert "used before" in json.dumps(await call_modern(lab.client, name="modern_echo", **given))
    assert len(lab.shelf.bodies("tools/call")) == asked, "it did not reach the service"
    other = await call_modern(lab.client, name="modern_echo", **given, arguments={"text": "other"})
    assert "was not given for this request" in json.dumps(other)


async def test_a_held_call_costs_its_price_once_and_holds_nothing_while_it_waits(lab: Lab) -> None:
    async with Curious() as server:
        server.rounds = [[FORM], [FORM]]
        decoded(await lab.browser.post(f"{lab.url}/connections", {"name": "held", "url": server.url, "auth": "none"}))
        budget = await _price(lab, "held")
        told = (await call_modern(lab.client, name="held_echo"))["result"]
        assert (await _spent(lab, budget))["spent_micro_usd"] == DOLLAR, "paid when the service first asks"
        for _ in range(2):
            answers = dict.fromkeys(told["inputRequests"], YES)
            again = await call_modern(lab.client, name="held_echo", inputResponses=answers, requestState=told["requestState"])
            told = again["result"]
        assert json.loads(text(told)) == [YES, YES]
        assert await _costs(lab, "held", 3) == [DOLLAR, 0, 0]
        assert (await _spent(lab, budget))["spent_micro_usd"] == DOLLAR
        await _is_one_story(lab, "held")


async def test_a_client_that_is_asked_on_its_stream_can_not_call_for_nothing_with_a_state(lab: Lab) -> None:
    async with Curious() as server:
        decoded(await lab.browser.post(f"{lab.url}/connections", {"name": "held", "url": server.url, "auth": "none"}))
        await _price(lab, "held")
        state = (await call_modern(lab.client, name="held_echo"))["result"]["requestState"]
        await introduce(lab.client, ABLE)

        async def accept(question: dict[str, Any]) -> None:
            await respond(lab.client, question, YES)

        async with asyncio.timeout(PATIENCE_S):  # what an app can is known a moment later
            while "result" not in await asked_on_stream(lab.client, accept, state=state, name="held_echo", text="hi"):
                await asyncio.sleep(0.02)
        assert set(await _costs(lab, "held", 2)) == {DOLLAR}


async def test_rounds_of_a_call_do_not_count_as_calls_for_rate_limits(lab: Lab) -> None:
    await _modern(lab, has_state=True)
    wish = {"name": "One", "kind": "rate_limit", "settings": {"calls": 1, "per": "hour"}, "what": {"tools": ["modern_*"]}}
    policy = decoded(await lab.browser.post(f"{lab.url}/policies", wish))
    try:
        assert text(await _rounds(lab, "modern_echo")) == "done"
        refused = await call_modern(lab.client, name="modern_echo")
        assert refused["result"]["isError"]
    finally:
        decoded(await lab.browser.delete(f"{lab.url}/policies/{policy['id']}"))
