"""Carrying out what was approved: under today's rules, at most once, never in silence."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.approvals.conftest import DEADLINE_S
from tests.approvals.desk import OK, Desk
from tests.connections.shelf import tool
from tests.gateway.client import Client, text
from tests.product import decoded
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import error, hang, reply, reset, result
from tests.workspaces.team import LAB


@pytest.fixture
async def asked_by_admin(desk: Desk) -> Any:
    """A request of the second admin, whose role and app a test may change."""
    async with await Client.authorized(desk.product, desk.other_admin.browser, "lab") as app:
        await desk.policy()
        yield await desk.ask(client=app)
    decoded(await desk.owner.browser.patch(f"{LAB}/members/{desk.other_admin.id}", {"role": "admin"}))


async def test_the_answer_and_the_trail_are_the_requesters(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    await desk.ended(asked.id)

    detail = await desk.get(asked.id)
    asking, carried_out = detail["call_id"], detail["execution_call_id"]
    async with asyncio.timeout(PATIENCE_S):
        while True:
            entry = decoded(await desk.owner.browser.get(f"{LAB}/audit/{carried_out}"))
            if entry["line"]["outcome"]:
                break
            await asyncio.sleep(0.02)
    line = entry["line"]
    assert (line["person"], line["surface"], line["outcome"]) == ("P3", "worker", "ok")
    assert entry["decision"]["approval_id"] == asked.id
    first = decoded(await desk.owner.browser.get(f"{LAB}/audit/{asking}"))
    assert (first["line"]["outcome"], first["decision"]["approval_id"]) == ("pending_approval", asked.id)
    assert detail["approval"]["result"] is None  # the owner is not the requester
    assert "done" in (await desk.get(asked.id, desk.member))["approval"]["result"]


async def test_a_policy_that_denies_by_now_keeps_it_from_being_carried_out(desk: Desk) -> None:
    await desk.policy(approvers={"roles": ["admin"], "count": 2})
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    await desk.policy("deny", message="Not any more.")

    decoded(await desk.decide(asked.id, desk.other_admin))

    line = await desk.ended(asked.id)
    assert (line["state"], line["reason"].startswith("Not any more.")) == ("void", True), line["reason"]
    assert desk.executions() == 0


async def test_a_policy_that_asks_anew_voids_it(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    await desk.policy(approvers={"roles": ["owner"]})

    decoded(await desk.decide(asked.id))

    line = await desk.ended(asked.id)
    assert line["state"] == "void"
    assert line["reason"].startswith("Changed since: The policy “Rule ")
    assert desk.executions() == 0
    anew = await asked.again()
    assert anew["structuredContent"]["approval_id"] != asked.id
    assert text(anew).startswith("Approval required. Request sent to Admin team and Owner team.")


async def test_a_changed_policy_voids_it(desk: Desk) -> None:
    policy_id = await desk.policy()
    asked = await desk.ask()
    decoded(await desk.owner.browser.patch(f"{LAB}/policies/{policy_id}", {"settings": {"approvers": {"roles": ["owner"]}}}))

    decoded(await desk.decide(asked.id))

    line = await desk.ended(asked.id)
    assert (line["state"], "changed since it was approved" in line["reason"]) == ("void", True)
    assert desk.executions() == 0


async def test_a_policy_that_was_removed_does_not_stand_in_the_way(desk: Desk) -> None:
    policy_id = await desk.policy()
    asked = await desk.ask()
    decoded(await desk.owner.browser.delete(f"{LAB}/policies/{policy_id}"))

    decoded(await desk.decide(asked.id))

    assert (await desk.ended(asked.id))["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def test_it_is_not_carried_out_when_its_toolset_no_longer_has_the_tool(desk: Desk) -> None:
    """It is frozen with the endpoint by which it came."""
    owner = desk.owner.browser
    decoded(await owner.post(f"{LAB}/toolsets", {"name": "narrow", "tools": ["shelf_echo"]}))
    await desk.policy()
    path = "/toolsets/narrow"
    async with asyncio.timeout(PATIENCE_S):
        while (asked := await desk.client.legacy("tools/call", {"name": "shelf_echo"}, path=path)).status_code == 404:
            await asyncio.sleep(0.01)
    approval_id = decoded(asked)["result"]["structuredContent"]["approval_id"]
    decoded(await owner.delete(f"{LAB}/toolsets/narrow"))
    while (await desk.client.legacy("tools/list", path=path)).status_code != 404:
        await asyncio.sleep(0.01)

    decoded(await desk.decide(approval_id))

    line = await desk.ended(approval_id)
    assert (line["state"], line["reason"]) == ("void", "There is no such toolset in this workspace.")
    assert desk.executions() == 0


async def test_a_changed_tool_is_not_called(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    desk.shelf.tools[0] = tool("echo", description="Does echo, and sends a copy elsewhere.")
    decoded(await desk.owner.browser.post(f"{LAB}/connections/shelf/test"))
    try:
        decoded(await desk.decide(asked.id))
        line = await desk.ended(asked.id)
        assert line["state"] == "void"
        assert line["reason"]
        assert desk.executions() == 0
    finally:
        desk.shelf.tools[0] = tool("echo")
        decoded(await desk.owner.browser.post(f"{LAB}/connections/shelf/test"))


async def test_a_changed_and_accepted_tool_is_not_called_either(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    await desk.sql("UPDATE approvals SET definition_hash = '\\x00' WHERE id = $1", asked.id)

    decoded(await desk.decide(asked.id))

    line = await desk.ended(asked.id)
    assert (line["state"], line["reason"]) == ("void", "Changed since: The tool's definition changed since it was approved.")
    assert desk.executions() == 0


async def test_arguments_that_are_not_those_that_were_approved_are_not_sent(desk: Desk) -> None:
    """Whoever writes into the database can not open what is sealed; but may put one row's frozen call into another."""
    await desk.policy()
    asked, other = await desk.ask("harmless"), await desk.ask("harmful")
    swap = "UPDATE approvals SET params_sealed = (SELECT params_sealed FROM approvals WHERE id = $2) WHERE id = $1"
    await desk.sql(swap, asked.id, other.id)

    await desk.sql("UPDATE approvals SET state = 'approved', decided_at = now() WHERE id = $1", asked.id)

    line = await desk.ended(asked.id)
    assert (line["state"], "belongs to another row" in line["reason"]) == ("void", True)
    assert desk.executions() == 0


async def test_a_person_who_left_has_nothing_carried_out(desk: Desk, asked_by_admin: Any) -> None:
    await desk.sql("UPDATE authorizations SET revoked_at = now(), revoked_for = 'person' WHERE user_id = $1", desk.other_admin.id)

    decoded(await desk.decide(asked_by_admin.id))

    line = await desk.ended(asked_by_admin.id)
    assert line["state"] == "void"
    assert line["reason"] == "The requester left the workspace, or withdrew the authorization of the app that asked."
    assert desk.executions() == 0


async def test_a_permission_that_is_gone_counts_at_that_moment(desk: Desk) -> None:
    await desk.policy(tools=("conducktr_create_policy",))
    scopes = ("connections", "tools", "manage")
    async with await Client.authorized(desk.product, desk.other_admin.browser, "lab", scopes) as app:
        wish = {"name": "Made by chat", "kind": "deny", "settings": {}, "what": {"tools": ["nothing_*"]}}
        asked = await app.call("conducktr_create_policy", **wish)
        approval_id = asked["structuredContent"]["approval_id"]
        decoded(await desk.owner.browser.patch(f"{LAB}/members/{desk.other_admin.id}", {"role": "member"}))
        try:
            decoded(await desk.decide(approval_id))
            line = await desk.ended(approval_id)
        finally:
            decoded(await desk.owner.browser.patch(f"{LAB}/members/{desk.other_admin.id}", {"role": "admin"}))
    assert line["state"] == "void"
    assert "Made by chat" not in str(decoded(await desk.owner.browser.get(f"{LAB}/policies")))


async def test_tools_of_conducktor_itself_are_carried_out_too(desk: Desk) -> None:
    await desk.policy(tools=("conducktr_create_policy",))
    scopes = ("connections", "tools", "manage")
    async with await Client.authorized(desk.product, desk.other_admin.browser, "lab", scopes) as app:
        wish = {"name": "Made by chat", "kind": "deny", "settings": {}, "what": {"tools": ["nothing_*"]}}
        asked = await app.call("conducktr_create_policy", **wish)
        decoded(await desk.decide(asked["structuredContent"]["approval_id"]))
        assert (await desk.ended(asked["structuredContent"]["approval_id"]))["state"] == "executed"
        assert (await app.call("conducktr_create_policy", **wish))["structuredContent"]["name"] == "Made by chat"
    assert str(decoded(await desk.owner.browser.get(f"{LAB}/policies"))).count("'Made by chat'") == 1


async def test_an_error_of_the_tool_is_the_answer(desk: Desk) -> None:
    desk.shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"no such issue"}],"isError":true}')
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))

    assert (await desk.ended(asked.id))["state"] == "executed"
    again = await asked.again()
    assert (again["isError"], text(again)) == (True, "no such issue")


async def test_a_json_rpc_error_is_the_answer(desk: Desk) -> None:
    desk.shelf._behaviours["tools/call"] = error(-32011, "not today")
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))

    assert (await desk.ended(asked.id))["state"] == "executed"
    said = (await asked.client.legacy("tools/call", {"name": "shelf_echo", "arguments": {"text": asked.text}})).json()
    assert (said["error"]["code"], said["error"]["message"]) == (-32011, "not today")


async def test_an_http_error_that_came_back_is_the_answer(desk: Desk) -> None:
    desk.shelf._behaviours["tools/call"] = answer(b"", "500 Internal Server Error")
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))

    assert (await desk.ended(asked.id))["state"] == "executed"
    assert text(await asked.again()).startswith("shelf failed (500).")
    assert desk.executions(asked.text) == 1


async def test_what_certainly_did_not_happen_may_be_asked_again(desk: Desk) -> None:
    desk.shelf._behaviours["tools/call"] = answer(b"", "429 Too Many Requests")
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))

    line = await desk.ended(asked.id)
    assert (line["state"], line["reason"]) == ("void", "shelf asks for fewer calls (429).")
    assert (await asked.again())["structuredContent"]["approval_id"] != asked.id


@pytest.mark.parametrize("behaviour", [hang, reset], ids=["silence", "a reset"])
async def test_what_may_have_happened_asks_a_person_and_is_never_sent_again(desk: Desk, behaviour: Any) -> None:
    desk.shelf._behaviours["tools/call"] = behaviour
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))

    line = await desk.ended(asked.id, within_s=DEADLINE_S + PATIENCE_S)
    assert line["state"] == "outcome_unknown"
    told = await asked.again()
    assert text(told).startswith("The call was approved and sent, but it is not known whether it was carried out.")
    assert told["structuredContent"]["approval_id"] == asked.id
    assert desk.executions(asked.text) == 1
    assert decoded(await desk.admin.browser.get(f"{LAB}/approvals/counts"))["to_close"] >= 1


@pytest.mark.parametrize(("happened", "state"), [(True, "executed"), (False, "void")])
async def test_an_approver_closes_what_is_unknown(desk: Desk, happened: bool, state: str) -> None:
    desk.shelf._behaviours["tools/call"] = reset
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    await desk.ended(asked.id)
    finding = {"happened": happened, "comment": "I looked at ENG-1."}

    assert (await desk.member.browser.post(f"{LAB}/approvals/{asked.id}/closing", finding)).status_code == 403
    closed = decoded(await desk.admin.browser.post(f"{LAB}/approvals/{asked.id}/closing", finding))

    assert closed["state"] == state
    again = await asked.again()
    if happened:
        assert text(again).startswith("Approved and carried out, but its answer is not known. P1 looked: it was carried out.")
    else:
        assert again["structuredContent"]["approval_id"] != asked.id
    assert desk.executions(asked.text) == 1
    assert (await desk.admin.browser.post(f"{LAB}/approvals/{asked.id}/closing", finding)).status_code == 409


async def test_a_lost_ring_is_made_up_for(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    await desk.sql("UPDATE approvals SET state = 'approved', decided_at = now() WHERE id = $1", asked.id)

    assert (await desk.ended(asked.id))["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def test_a_decision_that_no_worker_carried_out_in_an_hour_is_void(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    late = "UPDATE approvals SET state = 'approved', decided_at = now() - interval '61 minutes' WHERE id = $1"
    await desk.sql(late, asked.id)

    line = await desk.ended(asked.id)
    assert (line["state"], line["reason"]) == ("void", "No worker carried it out within an hour of the decision.")
    assert desk.executions() == 0


async def test_ten_jobs_for_one_approval_are_one_execution(desk: Desk) -> None:
    async def slowly(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(answer(reply(received, OK)))

    desk.shelf._behaviours["tools/call"] = slowly
    await desk.policy()
    asked = await desk.ask()
    workspace_id, approval_id = await _ids(desk, asked.id)
    carry_out = desk.product.parts.approved_calls.carry_out
    decided = asyncio.create_task(desk.decide(asked.id))

    await asyncio.gather(decided, *(carry_out(workspace_id, approval_id) for _ in range(10)))
    await asyncio.gather(*(carry_out(workspace_id, approval_id) for _ in range(10)))

    assert (await desk.ended(asked.id))["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def _ids(desk: Desk, approval_id: str) -> Any:
    session = await desk.owner.browser.session()
    lab = next(w for w in session["workspaces"] if w["slug"] == "lab")
    return UUID(lab["id"]), UUID(approval_id)
