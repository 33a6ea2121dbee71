"""A call that waits for people is a task (extension `io.modelcontextprotocol/tasks`) toward clients that declare it."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from tests.approvals.desk import Desk
from tests.gateway.client import META, MODERN, Client, text
from tests.product import decoded, running_product
from tests.support.promptly import PATIENCE_S, PROMPTLY_S
from tests.support.rpc_server import error, result
from tests.workspaces.team import LAB

TASKS = "io.modelcontextprotocol/tasks"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
ABLE = {**META, CAPABILITIES: {"extensions": {TASKS: {}}}}
METHODS = ("tasks/get", "tasks/update", "tasks/cancel")
SENTENCE = "Approval required. Request sent to Admin team."


async def send(client: Client, method: str, params: dict[str, Any], meta: dict[str, Any] = ABLE) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": method}
    if name := params.get("name", params.get("taskId")):
        headers["Mcp_Name"] = name
    return await client.send(json.dumps(body).encode(), **headers)


async def told(client: Client, method: str, params: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = decoded(await send(client, method, params))["result"]
    return found


async def begin(desk: Desk, client: Client | None = None) -> dict[str, Any]:
    """The task of a new call."""
    asked = {"name": "shelf_echo", "arguments": {"text": uuid4().hex}}
    return await told(client or desk.client, "tools/call", asked)


def approval_of(task: dict[str, Any]) -> str:
    approval: str = task["_meta"]["dev.conducktor/refusal"]["approval_id"]
    return approval


async def until(desk: Desk, task: dict[str, Any], *statuses: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        while (now := await told(desk.client, "tasks/get", {"taskId": task["taskId"]}))["status"] not in statuses:
            await asyncio.sleep(0.05)
    assert now["resultType"] == "complete"
    return now


async def test_a_call_that_waits_for_people_is_a_task_that_ends_with_the_answer(desk: Desk) -> None:
    await desk.policy()

    task = await begin(desk)
    waiting = await told(desk.client, "tasks/get", {"taskId": task["taskId"]})
    decoded(await desk.decide(approval_of(task)))
    done = await until(desk, task, "completed")

    assert (task["resultType"], task["status"], task["statusMessage"]) == ("task", "working", SENTENCE)
    assert task["ttlMs"] > task["pollIntervalMs"] > 0
    assert (waiting["resultType"], waiting["status"], waiting["taskId"]) == ("complete", "working", task["taskId"])
    assert done["result"] == {"content": [{"type": "text", "text": "done"}]}
    assert done["createdAt"] == task["createdAt"] < done["lastUpdatedAt"]
    assert desk.executions() == 1
    async with asyncio.timeout(PROMPTLY_S):
        while not any(line["method"] == "tasks/get" for line in await _audited(desk)):
            await asyncio.sleep(0.02)


async def _audited(desk: Desk) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = decoded(await desk.owner.browser.get(f"{LAB}/audit", params={"tool": "echo"}))["items"]
    return lines


async def test_others_get_the_plain_result(desk: Desk) -> None:
    await desk.policy()
    asked = {"name": "shelf_echo", "arguments": {"text": "same"}}
    plain = decoded(await send(desk.client, "tools/call", asked, META))["result"]
    legacy = await desk.client.call("shelf_echo", text="same")
    for answer in (plain, legacy):
        assert text(answer).startswith(SENTENCE)
        assert "taskId" not in answer


async def test_what_was_denied_is_completed_with_the_refusal(desk: Desk) -> None:
    """Not `failed`, which the extension keeps for JSON-RPC errors: the model reads the same words as without tasks."""
    await desk.policy()
    task = await begin(desk)
    decoded(await desk.decide(approval_of(task), decision="deny", comment="not today"))
    ended = await until(desk, task, "completed", "failed")
    assert ended["status"] == "completed"
    assert ended["result"]["isError"] is True
    assert text(ended["result"]).startswith("The request was denied by")
    assert "not today" in ended["statusMessage"]


async def test_what_nobody_decided_is_completed_with_those_words(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    await desk.sql("UPDATE approvals SET expires_at = now() - interval '1 second' WHERE state = 'pending'")
    ended = await until(desk, task, "completed")
    assert text(ended["result"]).startswith("Nobody decided in time.")


async def test_a_json_rpc_error_of_the_service_is_a_failed_task(desk: Desk) -> None:
    await desk.policy()
    desk.shelf._behaviours["tools/call"] = error(-32050, "no such project", {"project": None})
    task = await begin(desk)
    decoded(await desk.decide(approval_of(task)))
    ended = await until(desk, task, "completed", "failed")
    assert ended["status"] == "failed"
    assert ended["error"] == {"code": -32050, "message": "no such project", "data": {"project": None}}


async def test_cancelling_takes_the_request_back(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    assert await told(desk.client, "tasks/cancel", {"taskId": task["taskId"]}) == {"resultType": "complete"}
    assert (await told(desk.client, "tasks/get", {"taskId": task["taskId"]}))["status"] == "cancelled"
    assert (await desk.get(approval_of(task)))["approval"]["state"] == "cancelled"
    assert (await desk.decide(approval_of(task))).status_code == 409
    assert desk.executions() == 0


async def test_cancelling_too_late_changes_nothing(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    decoded(await desk.decide(approval_of(task)))
    await until(desk, task, "completed")
    assert await told(desk.client, "tasks/cancel", {"taskId": task["taskId"]}) == {"resultType": "complete"}
    assert (await told(desk.client, "tasks/get", {"taskId": task["taskId"]}))["status"] == "completed"


async def test_answers_that_nobody_waits_for_are_acknowledged_and_ignored(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    update = {"taskId": task["taskId"], "inputResponses": {"unknown": {"action": "accept"}}}
    assert await told(desk.client, "tasks/update", update) == {"resultType": "complete"}
    assert (await told(desk.client, "tasks/get", {"taskId": task["taskId"]}))["status"] == "working"
    malformed = await send(desk.client, "tasks/update", {"taskId": task["taskId"], "inputResponses": []})
    assert malformed.json()["error"]["code"] == -32602


async def test_answers_to_a_task_that_has_ended_are_ignored_too_and_hand_nothing_out(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    decoded(await desk.decide(approval_of(task)))
    await until(desk, task, "completed")
    async with asyncio.timeout(PROMPTLY_S):
        while not (before := [line["id"] for line in await _audited(desk) if line["method"] == "tasks/get"]):
            await asyncio.sleep(0.02)
    for _ in range(2):
        update = {"taskId": task["taskId"], "inputResponses": {"late": {"action": "accept"}}}
        assert await told(desk.client, "tasks/update", update) == {"resultType": "complete"}
    assert (await told(desk.client, "tasks/get", {"taskId": task["taskId"]}))["status"] == "completed"
    assert len([line for line in await _audited(desk) if line["method"] == "tasks/get"]) <= len(before) + 1


async def test_changes_of_tasks_are_told_to_nobody_and_need_the_extension(desk: Desk) -> None:
    asked = {"notifications": {"taskIds": ["any"]}}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "subscriptions/listen", "Accept": "text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {**asked, "_meta": META}}
    refused = await desk.client.send(json.dumps(body).encode(), **headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32021)
    assert refused.json()["error"]["data"] == {"requiredCapabilities": {"extensions": {TASKS: {}}}}

    body["params"] = {**asked, "_meta": ABLE}
    async with desk.client.http.stream(
        "POST",
        desk.client.url,
        json=body,
        headers={"Authorization": f"Bearer {desk.client.token}", **{k.replace("_", "-"): v for k, v in headers.items()}},
    ) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                assert json.loads(line.removeprefix("data: "))["params"]["notifications"] == {}
                break


@pytest.mark.parametrize("method", METHODS)
async def test_a_task_is_unknown_to_everybody_else(desk: Desk, method: str) -> None:
    await desk.policy()
    task_id = (await begin(desk))["taskId"]
    given: dict[str, Any] = {"inputResponses": {}} if method == "tasks/update" else {}
    scopes = ("connections", "tools")
    async with (
        await Client.authorized(desk.product, desk.member.browser, "lab", scopes) as other_app,
        await Client.authorized(desk.product, desk.owner.browser, "lab", scopes) as owner,
    ):
        tried = [(other_app, task_id), (owner, task_id), (desk.client, task_id[:-1] + ("0" if task_id[-1] != "0" else "1"))]
        tried += [(desk.client, task_id[:32]), (desk.client, "nonsense"), (desk.client, "\u0660" * 64)]
        for client, given_id in tried:
            body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"taskId": given_id, "_meta": ABLE, **given}}
            headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": method}
            refused = await client.send(json.dumps(body).encode(), **headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32602)
    assert (await told(desk.client, "tasks/get", {"taskId": task_id}))["status"] == "working"


@pytest.mark.parametrize("method", METHODS)
async def test_only_requests_that_declare_the_extension_reach_tasks(desk: Desk, method: str) -> None:
    refused = await send(desk.client, method, {"taskId": "x"}, META)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32021)
    assert refused.json()["error"]["data"] == {"requiredCapabilities": {"extensions": {TASKS: {}}}}
    assert (await desk.client.legacy(method, {"taskId": "x"})).json()["error"]["code"] == -32601


@pytest.mark.parametrize("method", ["tasks/list", "tasks/result"])
async def test_tasks_are_listed_to_nobody(desk: Desk, method: str) -> None:
    refused = await send(desk.client, method, {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, -32601)


async def test_a_contradicting_name_header_stops_the_request(desk: Desk) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"taskId": "a", "_meta": ABLE}}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tasks/get", "Mcp_Name": "b"}
    assert (await desk.client.send(json.dumps(body).encode(), **headers)).json()["error"]["code"] == -32020


async def test_the_extension_is_offered_to_clients_of_its_revision_alone(desk: Desk) -> None:
    modern = (await told(desk.client, "server/discover", {}))["capabilities"]
    legacy = decoded(await desk.client.legacy("initialize", {"protocolVersion": "2025-11-25"}))["result"]["capabilities"]
    assert modern["extensions"][TASKS] == {}
    assert not {"tasks", "extensions"} & legacy.keys()


async def test_another_process_knows_the_task_and_an_old_one_has_expired(desk: Desk) -> None:
    await desk.policy()
    task = await begin(desk)
    beside = msgspec.structs.replace(desk.product.parts.settings, public_url=desk.product.url)
    async with running_product(beside, process_index=1) as other:
        client = Client(other, desk.client.token)
        body = {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"taskId": task["taskId"], "_meta": ABLE}}
        headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tasks/get"}
        client.url = f"http://127.0.0.1:{other.parts.settings.port}/api/conducktor-mcp"
        async with client:
            assert decoded(await client.send(json.dumps(body).encode(), **headers))["result"]["status"] == "working"
    await desk.sql(
        "UPDATE approvals SET state = 'expired', created_at = now() - interval '9 days', ended_at = now() - interval '8 days'"
        " WHERE id = $1",
        approval_of(task),
    )
    async with asyncio.timeout(PATIENCE_S):
        while (answer := await send(desk.client, "tasks/get", {"taskId": task["taskId"]})).status_code == 200:
            await asyncio.sleep(0.05)
    assert answer.json()["error"]["code"] == -32602
    assert "expired" in answer.json()["error"]["message"]


async def test_an_answer_is_given_out_under_todays_rules(desk: Desk) -> None:
    await desk.policy()
    desk.shelf._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"write to somebody@example.com"}]}')
    task = await begin(desk)
    decoded(await desk.decide(approval_of(task)))
    assert "somebody@example.com" in text((await until(desk, task, "completed"))["result"])
    await desk.policy("redact", what=["emails"], in_arguments=False, in_results=True)
    async with asyncio.timeout(PATIENCE_S):
        while "somebody@example.com" in text((await until(desk, task, "completed"))["result"]):
            await asyncio.sleep(0.05)


async def test_a_service_can_not_answer_with_a_task_of_its_own(desk: Desk) -> None:
    desk.shelf._behaviours["tools/call"] = result('{"resultType":"task","taskId":"theirs","status":"working"}')
    asked = {"name": "shelf_echo", "arguments": {}, "task": {"ttl": 60_000}}
    answer = await told(desk.client, "tools/call", asked)
    assert answer["isError"] is True
    assert "answers with a task" in text(answer)
    assert "task" not in desk.shelf.bodies("tools/call")[-1]["params"]
