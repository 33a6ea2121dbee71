"""Trying a draft on past calls."""

import asyncio
import os
import time
from typing import Any

import msgspec
import pytest
from sqlalchemy import text as sql

from conducktor.core.actor import Actor, Surface
from conducktor.core.errors import ConducktorError
from conducktor.core.ids import CallId, ClientId, ConnectionId, UserId, WorkspaceId, new_id
from conducktor.core.tool_call import CallRequest, CallResult, OperationClass, ToolCall
from tests.connections.shelf import Shelf
from tests.gateway.client import Client, text
from tests.policies.conftest import POLICIES, Admin, joined
from tests.product import Browser, Product, decoded
from tests.support.promptly import PATIENCE_S

RECORDED = int(os.environ.get("CONDUCKTOR_TEST_RECORDED_CALLS", "2000"))
TRY = f"{POLICIES}/try"
CONNECTION = ConnectionId(new_id())


async def tried(ada: Browser, **wish: object) -> dict[str, Any]:
    shown: dict[str, Any] = decoded(await ada.post(TRY, wish))
    return shown


@pytest.fixture
async def history(policies: Admin, upstream: Shelf, client: Client, ada: Browser) -> dict[str, Any]:
    """Three calls that passed, and what a replay of them says; earlier tests' calls are in it too."""
    for word in ("one", "two", "three"):
        assert text(await client.call("shelf_echo", text=word)) == "done"
    await policies.heard()
    return await tried(ada)


async def test_a_draft_shows_what_it_would_change_and_changes_nothing(
    history: dict[str, Any], policies: Admin, ada: Browser, client: Client
) -> None:
    draft = {"name": "Draft", "kind": "deny", "settings": {"message": "Never."}, "what": {"tools": ["shelf_echo"]},
             "condition": "args.text == 'two'"}  # fmt: skip
    seen = await tried(ada, draft=draft)

    assert seen["changed"] >= 1
    example = seen["examples"][0]
    assert (example["person"], example["tool"], example["before"], example["after"]) == ("Ada", "shelf_echo", "passed", "denied")
    assert (example["policy"], example["reason"]) == ("Draft", "Never.")
    assert '"two"' in example["arguments"]
    assert seen["after"]["denied"] == seen["before"]["denied"] + seen["changed"]
    assert seen["tools"][0]["name"] == "shelf_echo"
    assert decoded(await ada.get(POLICIES))["policies"] == []
    assert text(await client.call("shelf_echo", text="two")) == "done"


async def test_a_policy_can_be_tried_otherwise_and_away(
    history: dict[str, Any], policies: Admin, ada: Browser, client: Client
) -> None:
    made = await policies.add("No echo", "deny", {"message": "No."}, what={"tools": ["shelf_echo"]})
    await client.call("shelf_echo", text="denied now")
    await policies.heard()
    without = await tried(ada, policy_id=made["id"])
    assert without["before"]["denied"] > 0
    assert without["after"]["denied"] == without["before"]["denied"] - without["changed"]
    softer = {"name": "Ask", "kind": "require_approval", "what": {"tools": ["shelf_echo"]}}
    seen = await tried(ada, policy_id=made["id"], draft=softer)
    assert seen["after"]["asked"] == seen["changed"] > 0


async def test_a_drafted_rate_limit_is_counted_over_the_replay(history: dict[str, Any], ada: Browser) -> None:
    draft = {"name": "Two a day", "kind": "rate_limit", "settings": {"calls": 2, "per": "day"}, "what": {"tools": ["shelf_echo"]}}
    seen = await tried(ada, draft=draft)
    echoes = next(line for line in seen["tools"] if line["name"] == "shelf_echo")
    assert echoes["after"]["passed"] in (2, 4)  # four when midnight fell between them
    assert echoes["after"]["denied"] == echoes["before"]["passed"] - echoes["after"]["passed"]


async def test_a_draft_that_could_not_be_saved_is_refused(ada: Browser, connected: str) -> None:
    refused = await ada.post(TRY, {"draft": {"name": "x", "kind": "deny", "condition": "args."}})
    assert refused.status_code == 422
    assert "condition" in refused.json()["errors"]
    assert (await ada.post(TRY, {"policy_id": str(new_id())})).status_code == 404


async def test_members_do_not_see_what_others_called(history: dict[str, Any], product: Product, ada: Browser) -> None:
    async with joined(product, ada, "member") as member:
        assert (await member.post(TRY, {})).status_code == 403


async def test_an_unchanged_set_gives_every_recorded_decision_again_within_two_seconds(
    policies: Admin, product: Product, upstream: Shelf, ada: Browser
) -> None:
    await _one_of_each_kind(policies)
    await _record(product, ada, RECORDED)
    began = time.process_time()  # of the processor: what else a test machine does must not fail this
    seen = await tried(ada)
    took_s = time.process_time() - began

    assert seen["calls"] >= min(RECORDED, 10_000)
    recorded = await _verdicts(product, RECORDED)
    assert len(set(recorded)) == 3, "there must be something to reproduce"
    mine = await tried(ada, draft={"name": "none", "kind": "deny", "what": {"connections": ["nowhere"]}})
    assert mine["changed"] == 0
    differing = [e for e in mine["examples"] if e["tool"].startswith("made-up_")]
    assert differing == []
    assert took_s < 2 * max(1.0, RECORDED / 10_000), f"{took_s:.2f} s"


async def _one_of_each_kind(policies: Admin) -> None:
    tools = {"tools": ["made-up_*"]}
    await policies.add("Deny", "deny", {"message": "No."}, what={"tools": ["made-up_3*"]})
    await policies.add("Ask", "require_approval", what={"tools": ["made-up_4*"]}, condition="args.number % 2 == 0")
    await policies.add("Reads", "allow_only", {"classes": ["read"]}, who={"roles": ["contractor"]}, what=tools)
    await policies.add("Rate", "rate_limit", {"calls": 100, "per": "hour", "share": "person"}, what={"tools": ["made-up_5*"]})
    await policies.add("Rule", "argument_rule", {"rule": "args.number % 7 != 0", "message": "Seven."}, what=tools)
    await policies.add("Hide", "redact", {"what": ["emails"]}, what=tools)
    await policies.add("Flow", "untrusted_flow", {"brings_in": ["made-up_6*"], "sends_out": ["made-up_7*"]}, what=tools)
    await policies.add("Budget", "budget_limit", {"amount_usd": 5}, what=tools)
    await policies.add("Night", "require_approval", what=tools, condition="now.getHours() > 24 || !has(args.number)")
    await policies.add("Watch", "deny", what=tools, mode="monitor", condition="args.mail.endsWith('.com')")


async def _record(product: Product, ada: Browser, number: int) -> None:
    """Calls as the gateway judges and writes them down, without the network on both sides."""
    session = await ada.session()
    workspace = next(w["id"] for w in session["workspaces"] if w["slug"] == "lab")
    people = [
        Actor(
            user_id=UserId(new_id()), user_name=f"P{n}", user_email=f"p{n}@example.com", workspace_id=WorkspaceId(workspace),
            role=("member", "contractor", "admin")[n % 3], permissions=frozenset(), surface=Surface.MCP,
            client_id=ClientId("chatgpt-mcp-client"),
        )
        for n in range(9)
    ]  # fmt: skip
    for index in range(number):
        await _one_call(product, people[index % len(people)], index)
    async with asyncio.timeout(PATIENCE_S):
        while len(await _verdicts(product, number)) < number:  # outcomes are written in the background
            await asyncio.sleep(0.02)


async def _one_call(product: Product, actor: Actor, index: int) -> None:
    policies, name = product.parts.policies, f"{index % 10}_tool"
    given = msgspec.Raw(msgspec.json.encode({"number": index, "mail": f"m{index}@example.com"}))
    request = CallRequest(
        id=CallId(new_id()), method="tools/call", name=f"made-up_{name}", connection=None, params=given, arguments=given,
        conversation_id=f"conversation {index % 50}",
    )  # fmt: skip
    call = ToolCall(
        id=request.id, actor=actor, method="tools/call", connection_id=CONNECTION, connection_name="made-up", tool=name,
        full_name=f"made-up_{name}", operation_class=OperationClass.READ if index % 2 else OperationClass.WRITE,
        definition_hash=b"", arguments=given, conversation_id=request.conversation_id,
    )  # fmt: skip
    try:
        with product.parts.audit.trail(actor, request) as trail:
            trail.begin(call)
            decision = await policies.decide(call)
            trail.decided(decision)
            decision.permitted_call()
            if decision.asks:
                return
            decision = await policies.count(decision)
            trail.decided(decision)
            decision.permitted_call()
            decision, answer = await policies.release(decision, CallResult(result=msgspec.Raw(b"{}")))
            trail.decided(decision)
            trail.finish(answer)
    except ConducktorError:
        pass


async def _verdicts(product: Product, number: int) -> list[str]:
    """What was decided, as the audit has it."""
    async with product.parts.database.transaction() as tx:
        statement = sql(
            "SELECT coalesce(o.decision->>'verdict', 'passed') FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id "
            "WHERE e.connection_name = 'made-up' LIMIT :number"
        )
        return list(await tx.session.scalars(statement, {"number": number}))
