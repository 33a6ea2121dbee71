"""A call that needs approval: what the caller is told, and what repeating it does."""

import asyncio
import re

from tests.approvals.desk import OK, Desk, arguments_of
from tests.gateway.client import text
from tests.product import decoded
from tests.support.promptly import PATIENCE_S
from tests.support.rpc_server import result
from tests.workspaces.team import LAB

SENTENCE = "Approval required. Request sent to Admin team."


async def test_the_caller_is_told_in_the_guides_words_and_nothing_is_sent(desk: Desk) -> None:
    await desk.policy()

    asked = await desk.ask()

    assert asked.answer["isError"] is True
    assert asked.said.startswith(SENTENCE)
    assert asked.facts["reason"] == SENTENCE
    assert asked.facts["state"] == "pending"
    assert asked.facts["link"] == f"{desk.product.parts.settings.origin}/w/lab/approvals/{asked.id}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", asked.facts["expires_at"])
    assert desk.executions() == 0


async def test_once_approved_it_is_carried_out_and_the_same_call_gets_the_answer(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()

    decided = decoded(await desk.decide(asked.id))
    line = await desk.ended(asked.id)

    assert decided["state"] == "approved"
    assert line["state"] == "executed"
    assert text(await asked.again()) == "done"
    assert text(await asked.again()) == "done"
    assert desk.executions(asked.text) == 1
    sent = desk.shelf.bodies("tools/call")[0]["params"]
    assert sent == {"name": "echo", "arguments": {"text": asked.text}}


async def test_a_kept_answer_is_given_out_under_todays_rules_for_results(desk: Desk) -> None:
    await desk.policy()
    desk.shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"write to somebody@example.com"}]}')
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    await desk.ended(asked.id)
    assert text(await asked.again()) == "write to somebody@example.com"

    await desk.policy("redact", what=["emails"], in_arguments=False, in_results=True)

    async with asyncio.timeout(PATIENCE_S):
        while "somebody@example.com" in text(await asked.again()):
            await asyncio.sleep(0.02)


async def test_repeating_a_waiting_call_is_the_same_request(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()

    answers = await asyncio.gather(*(asked.again() for _ in range(20)))

    assert {answer["structuredContent"]["approval_id"] for answer in answers} == {asked.id}
    assert {answer["structuredContent"]["reason"] for answer in answers} == {SENTENCE}


async def test_the_same_call_twenty_times_at_once_is_one_request(desk: Desk) -> None:
    await desk.policy()

    asked = await asyncio.gather(*(desk.ask("all at once") for _ in range(20)))

    assert len({one.id for one in asked}) == 1


async def test_the_order_of_arguments_does_not_matter_and_their_values_do(desk: Desk) -> None:
    await desk.policy()
    client = desk.client
    one = await client.call("shelf_echo", a=1, b=2)
    same = await client.call("shelf_echo", b=2, a=1)
    other = await client.call("shelf_echo", a=1, b=3)

    ids = [answer["structuredContent"]["approval_id"] for answer in (one, same, other)]
    assert ids[0] == ids[1] != ids[2]


async def test_a_denial_is_told_with_who_and_why_and_stands(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()

    decoded(await desk.decide(asked.id, decision="deny", comment="Not before Monday."))

    refused = await asked.again()
    assert text(refused).startswith("The request was denied by P1: Not before Monday.")
    assert refused["structuredContent"]["code"] == "approval_denied"
    assert (await asked.again())["structuredContent"]["approval_id"] == asked.id
    assert desk.executions() == 0


async def test_after_a_request_came_to_nothing_the_same_call_asks_anew_and_says_so(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    await desk.sql("UPDATE approvals SET expires_at = now() - interval '1 second' WHERE id = $1", asked.id)

    again = await asked.again()

    assert again["structuredContent"]["approval_id"] != asked.id
    assert text(again).startswith(SENTENCE)
    assert "An earlier request for this call came to nothing: Nobody decided in time." in text(again)
    assert again["structuredContent"]["before"]["state"] == "expired"
    assert (await desk.get(asked.id))["approval"]["state"] == "expired"


async def test_a_result_is_kept_for_a_day(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask()
    decoded(await desk.decide(asked.id))
    await desk.ended(asked.id)
    await desk.sql("UPDATE approvals SET ended_at = ended_at - interval '24 hours' WHERE id = $1", asked.id)

    again = await asked.again()

    assert again["structuredContent"]["approval_id"] != asked.id
    assert desk.executions(asked.text) == 1


async def test_a_call_may_wait_for_the_decision_and_gets_the_answer(desk: Desk) -> None:
    await desk.policy(wait_s=20)
    waiting = asyncio.create_task(desk.client.call("shelf_echo", text="I wait"))
    async with asyncio.timeout(PATIENCE_S):
        while not (items := decoded(await desk.admin.browser.get(f"{LAB}/approvals?states=pending"))["items"]):
            await asyncio.sleep(0.02)

    decoded(await desk.decide(items[0]["id"]))

    assert text(await asyncio.wait_for(waiting, PATIENCE_S)) == "done"
    assert desk.executions("I wait") == 1


async def test_a_call_that_waits_gets_a_denial_as_well(desk: Desk) -> None:
    await desk.policy(wait_s=20)
    waiting = asyncio.create_task(desk.client.call("shelf_echo", text="I wait too"))
    async with asyncio.timeout(PATIENCE_S):
        while not (items := decoded(await desk.admin.browser.get(f"{LAB}/approvals?states=pending"))["items"]):
            await asyncio.sleep(0.02)

    decoded(await desk.decide(items[0]["id"], decision="deny"))

    assert text(await asyncio.wait_for(waiting, PATIENCE_S)).startswith("The request was denied by P1.")


async def test_a_client_that_stops_waiting_leaves_the_request_alone(desk: Desk) -> None:
    await desk.policy(wait_s=20)
    waiting = asyncio.create_task(desk.client.call("shelf_echo", text="gone"))
    async with asyncio.timeout(PATIENCE_S):
        while not (items := decoded(await desk.admin.browser.get(f"{LAB}/approvals?states=pending"))["items"]):
            await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    decoded(await desk.decide(items[0]["id"]))

    line = await desk.ended(items[0]["id"])
    assert (line["state"], line["reason"]) == ("executed", None)


async def test_what_people_see_is_exactly_what_was_asked(desk: Desk) -> None:
    await desk.policy(reason="Writing needs a second pair of eyes.")
    hostile = "<script>alert(1)</script> **bold** \u202egnp.exe \u0000"
    asked = await desk.ask(hostile)

    detail = await desk.get(asked.id, desk.admin)

    assert arguments_of(detail) == {"text": hostile}
    assert detail["arguments_is_cut"] is False
    assert len(detail["arguments_digest"]) == 64
    assert '"description":"Does echo."' in detail["definition"].replace(": ", ":")
    assert detail["description_here"] is None
    line = detail["approval"]
    assert (line["requester"], line["tool"], line["client"]) == ("P3", "echo", "ChatGPT")
    assert line["questions"][0]["reason"] == "Writing needs a second pair of eyes."
    assert line["can_decide"] is True
    assert OK not in str(detail)


async def test_people_who_decide_see_what_the_tool_says_here_and_what_its_service_says(desk: Desk) -> None:
    await desk.policy()
    asked = await desk.ask("hello")
    await desk.sql("UPDATE tools SET title_here = 'Echo', description_here = 'Says it again.' WHERE name = 'echo'")

    detail = await desk.get(asked.id, desk.admin)

    assert (detail["title_here"], detail["description_here"]) == ("Echo", "Says it again.")
    assert '"description":"Does echo."' in detail["definition"].replace(": ", ":")


async def test_ten_megabytes_of_arguments_are_refused_and_one_is_clearly_cut(desk: Desk) -> None:
    await desk.policy()
    params = {"name": "shelf_echo", "arguments": {"text": "x" * 10_000_000}}
    assert (await desk.client.legacy("tools/call", params)).status_code == 413
    asked = await desk.ask("x" * 1_000_000)

    detail = await desk.get(asked.id, desk.admin)

    assert detail["arguments_is_cut"] is True
    assert len(detail["arguments"]) == 100_000
    assert detail["arguments_bytes"] > 1_000_000
    assert len(detail["arguments_digest"]) == 64


async def test_a_request_that_too_few_people_may_decide_says_so_at_once(desk: Desk) -> None:
    await desk.policy(approvers={"people": [desk.member.id]})

    asked = await desk.ask()

    assert asked.said.startswith("Approval required. Request sent to P3.")
    assert "too few people may decide it" in asked.said
    assert asked.facts["nobody_can_decide"] is True
