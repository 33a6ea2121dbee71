"""What a service of the handshake era asks a client of 2026-07-28: the call is held until the answers come."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from conducktor.gateway import held_calls
from tests.gateway.client import Client
from tests.gateway.curious import ABLE, FORM, LINK, ROOTS, SAMPLE, Curious, asked_on_stream, call_modern, introduce, respond
from tests.gateway.test_governance import the_newest_call
from tests.product import Browser, Product, decoded, running_product
from tests.support.promptly import PATIENCE_S

ACCEPTED = {"action": "accept", "content": {"ok": True}}
PICTURE = {"role": "assistant", "content": {"type": "text", "text": "x" * 20_000}, "model": "m"}


@pytest.fixture(scope="module")
async def server(ada: Browser) -> AsyncIterator[Curious]:
    async with Curious() as server:
        made = decoded(await ada.post("/api/workspaces/lab/connections", {"name": "held", "url": server.url, "auth": "none"}))
        assert made["state"] == "ACTIVE"
        yield server


@pytest.fixture
async def curious(server: Curious) -> Curious:
    server.rounds = [[FORM]]
    return server


@pytest.fixture(scope="module")
async def elsewhere(product: Product, client: Client) -> AsyncIterator[Client]:
    """The same app, at another process."""
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as other:
        same = Client(product, client.token)
        same.url = f"http://127.0.0.1:{other.parts.settings.port}/api/conducktor-mcp"
        async with same:
            yield same


async def ask(client: Client, **more: Any) -> Any:
    return await call_modern(client, name="held_echo", **more)


async def asked(client: Client, **more: Any) -> Any:
    """The result that asks."""
    told = await ask(client, **more)
    assert told.get("result", {}).get("resultType") == "input_required", told
    return told["result"]


def heard(told: Any) -> Any:
    assert told["result"]["resultType"] == "complete", told
    assert not told["result"].get("isError"), told
    return json.loads(told["result"]["content"][0]["text"])


def refusal(told: Any) -> str:
    assert "error" in told or told["result"].get("isError"), told
    return json.dumps(told)


async def test_a_question_becomes_a_result_and_the_answer_reaches_the_held_call(client: Client, curious: Curious) -> None:
    result = await asked(client)
    (key,) = result["inputRequests"]
    assert result["inputRequests"][key]["params"]["message"] == "held asks: Sure?"
    assert heard(await ask(client, inputResponses={key: ACCEPTED}, requestState=result["requestState"])) == [ACCEPTED]


async def test_questions_asked_at_once_are_one_result_and_round_follows_round(client: Client, curious: Curious) -> None:
    named = {**FORM, "params": {**FORM["params"], "_meta": {"dev.conducktor/inputRequest": "sure"}}}
    curious.rounds = [[named, SAMPLE, ROOTS], [LINK]]
    first = await asked(client)
    by_method = {request["method"]: key for key, request in first["inputRequests"].items()}
    assert by_method["elicitation/create"] == "sure"
    answers = {by_method["elicitation/create"]: ACCEPTED, by_method["sampling/createMessage"]: PICTURE}

    partial = await asked(client, inputResponses=answers, requestState=first["requestState"])
    assert [request["method"] for request in partial["inputRequests"].values()] == ["roots/list"], (
        "what is missing is asked again"
    )
    (roots,) = partial["inputRequests"]
    second = await asked(client, inputResponses={roots: {"roots": []}}, requestState=partial["requestState"])
    (link,) = second["inputRequests"]
    assert second["inputRequests"][link]["params"]["url"] == LINK["params"]["url"]
    done = await ask(client, inputResponses={link: {"action": "accept"}}, requestState=second["requestState"])
    assert heard(done) == [ACCEPTED, PICTURE, {"roots": []}, {"action": "accept"}]


async def test_the_answer_may_come_to_another_process(client: Client, elsewhere: Client, curious: Curious) -> None:
    curious.rounds = [[FORM], [FORM]]
    first = await asked(client)
    (key,) = first["inputRequests"]
    second = await asked(elsewhere, inputResponses={key: ACCEPTED}, requestState=first["requestState"])
    (key,) = second["inputRequests"]
    assert heard(await ask(client, inputResponses={key: ACCEPTED}, requestState=second["requestState"])) == [ACCEPTED] * 2


async def test_a_state_is_good_once_and_for_its_own_request_and_app_only(
    client: Client, other_app: Client, curious: Curious
) -> None:
    result = await asked(client)
    (key,) = result["inputRequests"]
    given = {"inputResponses": {key: ACCEPTED}, "requestState": result["requestState"]}
    refused = [
        await ask(other_app, **given),
        await ask(client, **given, arguments={"text": "other"}),
        await ask(client, **{**given, "requestState": result["requestState"] + "x"}),
    ]
    assert all("was not given for this request" in refusal(told) for told in refused)
    assert heard(await ask(client, **given)) == [ACCEPTED]
    assert "used before" in refusal(await ask(client, **given))


async def test_a_client_is_asked_only_what_it_declared(client: Client, curious: Curious) -> None:
    curious.rounds = [[SAMPLE, ROOTS, LINK], [FORM]]
    result = await asked(client, abilities={"elicitation": {}})
    (key,) = result["inputRequests"]
    told = heard(
        await ask(client, abilities={"elicitation": {}}, inputResponses={key: ACCEPTED}, requestState=result["requestState"])
    )
    assert [said.get("code") for said in told[:3]] == [-32601] * 3
    assert told[3] == ACCEPTED
    told = heard(await ask(client, abilities={}))
    assert [said["code"] for said in told] == [-32601] * 4


async def test_a_client_that_does_not_come_back_is_not_waited_for_for_ever(
    client: Client, curious: Curious, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_calls, "HELD_S", 0.2)
    result = await asked(client)
    (key,) = result["inputRequests"]
    async with asyncio.timeout(PATIENCE_S):
        while {"action": "cancel"} not in [
            heard.result() for heard in curious.heard.values() if heard.done() and not heard.cancelled()
        ]:
            await asyncio.sleep(0.02)
    told = await ask(client, inputResponses={key: ACCEPTED}, requestState=result["requestState"])
    assert "no longer waits" in refusal(told)


async def test_the_calls_that_one_person_leaves_waiting_are_counted(
    client: Client, curious: Curious, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_calls, "MOST_HELD_FOR_ONE", 0)
    assert heard(await ask(client))[0]["message"] == "Too many calls wait for answers already"


async def test_answers_to_a_process_that_has_ended_are_refused_clearly(
    product: Product, client: Client, curious: Curious, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_calls, "TAKEN_WITHIN_S", 0.5)
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as doomed, Client(product, client.token) as there:
        there.url = f"http://127.0.0.1:{doomed.parts.settings.port}/api/conducktor-mcp"
        result = await asked(there)
    (key,) = result["inputRequests"]
    told = await ask(client, inputResponses={key: ACCEPTED}, requestState=result["requestState"])
    assert "no longer waits, and was ended without your answers" in refusal(told)


async def test_each_round_is_a_governed_call_in_the_audit_with_its_questions(
    client: Client, curious: Curious, ada: Browser
) -> None:
    curious.rounds = [[LINK]]
    result = await asked(client)
    (key,) = result["inputRequests"]
    await ask(client, inputResponses={key: {"action": "decline"}}, requestState=result["requestState"])
    await the_newest_call(ada, connection="held")
    lines = decoded(await ada.get("/api/workspaces/lab/audit", params={"connection": "held"}))["items"][:2]
    notes = [decoded(await ada.get(f"/api/workspaces/lab/audit/{line['id']}"))["decision"]["questions"] for line in lines]
    question = {"key": key, "method": "elicitation/create", "mode": "url", "host": "example.com"}
    assert notes == [[{"key": key, "answer": "decline"}], [question]]


async def test_a_policy_of_today_stops_the_answers_too(client: Client, curious: Curious, ada: Browser) -> None:
    result = await asked(client)
    (key,) = result["inputRequests"]
    policy = decoded(
        await ada.post("/api/workspaces/lab/policies", {"name": "Stop", "kind": "deny", "what": {"tools": ["held_*"]}})
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (await ask(client, arguments={"text": "x"}))["result"].get("isError"):
                pass
        told = await ask(client, inputResponses={key: ACCEPTED}, requestState=result["requestState"])
        assert "is not allowed here" in refusal(told)
    finally:
        await ada.delete(f"/api/workspaces/lab/policies/{policy['id']}")


async def test_a_client_of_the_handshake_era_answers_on_its_stream_instead(other_app: Client, curious: Curious) -> None:
    await introduce(other_app, ABLE)

    async def accept(question: dict[str, Any]) -> None:
        await respond(other_app, question, ACCEPTED)

    told = await asked_on_stream(other_app, accept, name="held_echo")
    assert json.loads(told["result"]["content"][0]["text"]) == [ACCEPTED]
