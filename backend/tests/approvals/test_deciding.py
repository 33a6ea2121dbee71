"""Who may decide, how often, and what happens when several do."""

import asyncio
from typing import Any

import pytest

from tests.approvals.desk import Desk, sign_in_elsewhere
from tests.gateway.client import Client, text
from tests.product import decoded
from tests.workspaces.team import LAB


async def group(desk: Desk, *people: str) -> str:
    wish = {"name": f"Group of {len(people)}", "people": list(people)}
    groups = decoded(await desk.owner.browser.get(f"{LAB}/groups"))
    for old in groups:
        decoded(await desk.owner.browser.delete(f"{LAB}/groups/{old['id']}"))
    made: dict[str, Any] = decoded(await desk.owner.browser.post(f"{LAB}/groups", wish))
    return str(made["id"])


async def test_nobody_decides_the_own_request(desk: Desk) -> None:
    await desk.policy()
    async with await Client.authorized(desk.product, desk.admin.browser, "lab") as admins_app:
        asked = await desk.ask(client=admins_app)

    refused = await desk.decide(asked.id, desk.admin)

    assert refused.status_code == 403
    assert refused.json()["detail"] == "Nobody decides the own request in this workspace."
    seen = await desk.get(asked.id, desk.admin)
    assert (seen["approval"]["can_decide"], seen["approval"]["is_mine"]) == (False, True)
    assert desk.executions() == 0


async def test_nor_through_another_session_or_another_app(desk: Desk) -> None:
    await desk.policy()
    browser, scopes = desk.admin.browser, ("connections", "tools", "approvals")
    async with await Client.authorized(desk.product, browser, "lab", scopes) as app:
        asked = await desk.ask(client=app)
        by_app = await app.call("conducktr_approve_workflow_run", approval_id=asked.id, decision="approve")
        elsewhere = await sign_in_elsewhere(desk, desk.admin)
        async with elsewhere:
            by_page = await elsewhere.post(f"{LAB}/approvals/{asked.id}/decision", {"decision": "approve"})
            many = decoded(
                await elsewhere.post(f"{LAB}/approvals/decisions", {"approval_ids": [asked.id], "decision": "approve"})
            )

    assert by_app["isError"] is True
    assert by_app["structuredContent"]["code"] == "not_yours"
    assert by_page.status_code == 403
    assert many["items"][0]["problem"] == "Nobody decides the own request in this workspace."
    assert (await desk.get(asked.id))["approval"]["state"] == "pending"


async def test_a_requester_named_as_approver_or_in_a_named_group_still_does_not_decide_the_own_request(desk: Desk) -> None:
    team = await group(desk, desk.member.id, desk.contractor.id)
    await desk.policy(approvers={"people": [desk.member.id], "groups": [team]})
    asked = await desk.ask()

    assert (await desk.decide(asked.id, desk.member)).status_code == 403
    assert decoded(await desk.decide(asked.id, desk.contractor))["state"] == "approved"


async def test_unless_the_workspace_allows_it(desk: Desk) -> None:
    await desk.policy()
    async with await Client.authorized(desk.product, desk.admin.browser, "lab") as admins_app:
        asked = await desk.ask(client=admins_app)
        decoded(await desk.owner.browser.patch(f"{LAB}/settings", {"allows_self_approval": True}))
        try:
            decoded(await desk.decide(asked.id, desk.admin))
        finally:
            decoded(await desk.owner.browser.patch(f"{LAB}/settings", {"allows_self_approval": False}))
    assert (await desk.ended(asked.id))["state"] == "executed"


async def test_who_was_not_asked_can_not_decide_and_who_may_not_see_does_not_learn_of_it(desk: Desk) -> None:
    await desk.policy(approvers={"people": [desk.other_admin.id]})
    asked = await desk.ask()

    assert asked.said.startswith("Approval required. Request sent to P2.")
    refused = await desk.decide(asked.id, desk.admin)
    assert (refused.status_code, refused.json()["detail"]) == (403, "It was sent to P2.")
    withheld = await desk.get(asked.id, desk.admin)
    assert withheld["arguments"] is None
    assert withheld["arguments_withheld"]
    assert (await desk.decide(asked.id, desk.contractor)).status_code == 404
    assert (await desk.contractor.browser.get(f"{LAB}/approvals/{asked.id}")).status_code == 404
    listed = decoded(await desk.contractor.browser.get(f"{LAB}/approvals"))["items"]
    assert asked.id not in [line["id"] for line in listed]


async def test_a_group_may_decide_whatever_its_peoples_roles(desk: Desk) -> None:
    team = await group(desk, desk.contractor.id)
    await desk.policy(approvers={"groups": [team]})
    asked = await desk.ask()

    assert asked.said.startswith("Approval required. Request sent to Group of 1.")
    waiting = decoded(await desk.contractor.browser.get(f"{LAB}/approvals"))["items"]
    assert [line["id"] for line in waiting] == [asked.id]
    assert decoded(await desk.contractor.browser.get(f"{LAB}/approvals/counts"))["waiting_for_me"] == 1
    decoded(await desk.decide(asked.id, desk.contractor))
    assert (await desk.ended(asked.id))["state"] == "executed"


async def test_two_of_three_must_agree_and_one_person_counts_once(desk: Desk) -> None:
    await desk.policy(approvers={"roles": ["admin"], "count": 2})
    asked = await desk.ask()

    first = decoded(await desk.decide(asked.id, desk.admin))
    again = await desk.decide(asked.id, desk.admin)

    assert first["state"] == "pending"
    assert (first["questions"][0]["given"], first["questions"][0]["needed"]) == (1, 2)
    assert again.status_code == 409
    assert again.json()["facts"]["state"] == "pending"
    assert decoded(await desk.decide(asked.id, desk.other_admin))["state"] == "approved"
    assert (await desk.ended(asked.id))["state"] == "executed"


async def test_each_question_needs_its_own_people_and_one_may_answer_several(desk: Desk) -> None:
    await desk.policy(approvers={"roles": ["admin"]})
    await desk.policy(approvers={"people": [desk.contractor.id]})
    asked = await desk.ask()

    assert asked.said.startswith("Approval required. Request sent to Admin team and P4.")
    assert decoded(await desk.decide(asked.id, desk.admin))["state"] == "pending"
    assert decoded(await desk.decide(asked.id, desk.contractor))["state"] == "approved"


async def test_one_denial_ends_it_whoever_agreed(desk: Desk) -> None:
    await desk.policy(approvers={"roles": ["admin"], "count": 2})
    asked = await desk.ask()
    decoded(await desk.decide(asked.id, desk.admin))

    assert decoded(await desk.decide(asked.id, desk.other_admin, "deny"))["state"] == "denied"
    late = await desk.decide(asked.id, desk.owner)
    assert (late.status_code, late.json()["facts"]["state"]) == (409, "denied")
    assert desk.executions() == 0


async def test_the_vote_of_somebody_who_lost_the_role_does_not_count(desk: Desk) -> None:
    await desk.policy(approvers={"roles": ["admin"], "count": 2})
    asked = await desk.ask()
    decoded(await desk.decide(asked.id, desk.other_admin))
    decoded(await desk.owner.browser.patch(f"{LAB}/members/{desk.other_admin.id}", {"role": "member"}))
    try:
        assert decoded(await desk.decide(asked.id, desk.admin))["state"] == "pending"
    finally:
        decoded(await desk.owner.browser.patch(f"{LAB}/members/{desk.other_admin.id}", {"role": "admin"}))


@pytest.mark.parametrize("decision", ["approve", "deny"])
async def test_an_expired_request_can_not_be_decided(desk: Desk, decision: str) -> None:
    await desk.policy()
    asked = await desk.ask()
    await desk.sql("UPDATE approvals SET expires_at = now() WHERE id = $1", asked.id)

    late = await desk.decide(asked.id, decision=decision)

    assert (late.status_code, late.json()["facts"]["state"]) == (409, "expired")
    await desk.state(asked.id, "expired")


async def test_the_requester_may_take_it_back_and_nobody_else(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()

    assert (await desk.admin.browser.post(f"{LAB}/approvals/{asked.id}/cancellation")).status_code == 404
    assert decoded(await desk.member.browser.post(f"{LAB}/approvals/{asked.id}/cancellation"))["state"] == "cancelled"
    assert (await desk.decide(asked.id)).status_code == 409


async def test_a_chat_decides_with_the_scope_for_it(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    browser = desk.admin.browser
    async with await Client.authorized(desk.product, browser, "lab", ("connections", "tools")) as without:
        refused = await without.call("conducktr_approve_workflow_run", approval_id=asked.id, decision="approve")
        queue = await without.call("conducktr_list_approvals")
    async with await Client.authorized(desk.product, browser, "lab", ("connections", "tools", "approvals")) as app:
        seen = await app.call("conducktr_list_approvals", states=["pending"])
        decided = await app.call("conducktr_approve_workflow_run", approval_id=asked.id, decision="approve", comment="Fine.")

    assert refused["structuredContent"]["scope"] == "approvals"
    assert asked.id not in [line["id"] for line in queue["structuredContent"]["items"]]
    assert asked.id in [line["id"] for line in seen["structuredContent"]["items"]]
    assert decided["structuredContent"]["state"] == "approved"
    await desk.ended(asked.id)
    mine = await desk.client.call("conducktr_list_approvals", mine=True)
    line = next(line for line in mine["structuredContent"]["items"] if line["id"] == asked.id)
    assert (line["state"], line["result_is_error"]) == ("executed", False)
    assert "done" in line["result"]


async def test_several_are_decided_at_once_each_for_itself(desk: Desk) -> None:
    await desk.policy()
    first, second = await desk.ask(), await desk.ask()
    decoded(await desk.decide(first.id, decision="deny"))

    wish = {"approval_ids": [first.id, second.id, desk.owner.id], "decision": "approve"}
    items = decoded(await desk.admin.browser.post(f"{LAB}/approvals/decisions", wish))["items"]

    assert [(item["state"], bool(item["problem"])) for item in items] == [("denied", True), ("approved", False), (None, True)]


async def test_a_double_click_is_one_decision_and_one_execution(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()

    answers = await asyncio.gather(*(desk.decide(asked.id) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert all(answer.json()["facts"]["state"] in ("approved", "executing", "executed") for answer in answers if answer.is_error)
    assert (await desk.ended(asked.id))["state"] == "executed"
    assert desk.executions(asked.text) == 1


async def test_earlier_similar_decisions_are_shown(desk: Desk) -> None:
    await desk.policy(tools=("shelf_other",))
    before = await desk.ask(tool="shelf_other")
    decoded(await desk.decide(before.id, decision="deny", comment="No."))
    asked = await desk.ask(tool="shelf_other")

    earlier = (await desk.get(asked.id, desk.admin))["earlier"]

    found = next(one for one in earlier if one["id"] == before.id)
    assert (found["state"], found["decided_by"], found["comment"]) == ("denied", ["P1"], "No.")
    assert found["same_arguments"] is False
    assert text(await before.again()).startswith("The request was denied by P1: No.")
