"""What a connected service asks a client of the handshake era, on the stream of the call."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from tests.gateway.client import Client
from tests.gateway.curious import ABLE, FORM, LINK, ROOTS, SAMPLE, Curious, Question, asked_on_stream, introduce, respond
from tests.gateway.test_governance import the_newest_call
from tests.product import Browser, Product, decoded, running_product
from tests.support.promptly import PATIENCE_S

ACCEPTED = {"action": "accept", "content": {"ok": True}}


@pytest.fixture(scope="module")
async def curious(ada: Browser) -> AsyncIterator[Curious]:
    async with Curious() as server:
        made = decoded(await ada.post("/api/workspaces/lab/connections", {"name": "curious", "url": server.url, "auth": "none"}))
        assert (made["state"], made["protocol_version"]) == ("ACTIVE", "2025-11-25")
        yield server


@pytest.fixture
async def app(other_app: Client, curious: Curious) -> Client:
    """An app of Ada's that can be asked anything."""
    curious.rounds = [[FORM]]
    await introduce(other_app, ABLE)
    return other_app


def heard(told: Any) -> Any:
    """What the service heard, of a call that ended well."""
    assert "result" in told, told
    assert not told["result"].get("isError"), told
    return json.loads(told["result"]["content"][0]["text"])


async def unasked(question: Question) -> None:
    raise AssertionError(f"nobody may be asked: {question}")


async def test_a_form_reaches_the_person_in_the_name_of_the_service_and_the_answer_the_service(app: Client) -> None:
    asked: list[Question] = []

    async def accept(question: Question) -> None:
        asked.append(question)
        assert (await respond(app, question, ACCEPTED)).status_code == 202

    assert heard(await asked_on_stream(app, accept)) == [ACCEPTED]
    assert asked[0]["params"]["message"] == "curious asks: Sure?"
    assert asked[0]["params"]["requestedSchema"] == FORM["params"]["requestedSchema"]


async def test_links_models_and_roots_are_asked_for_too_all_at_once(app: Client, curious: Curious) -> None:
    curious.rounds = [[LINK, SAMPLE], [ROOTS]]
    answers: dict[str, Any] = {
        "elicitation/create": {"action": "accept"},
        "sampling/createMessage": {"role": "assistant", "content": {"type": "text", "text": "Hi!"}, "model": "m"},
        "roots/list": {"roots": [{"uri": "file:///work"}]},
    }
    asked: dict[str, Question] = {}

    async def collect(question: Question) -> None:
        asked[question["method"]] = question["params"]
        if len(asked) == 1:
            curious.first = question  # type: ignore[attr-defined]
        elif question["method"] == "roots/list":
            await respond(app, question, answers["roots/list"])
        else:  # both of the first round are here before either is answered
            await respond(app, question, answers[question["method"]])
            await respond(app, curious.first, answers[curious.first["method"]])  # type: ignore[attr-defined]

    told = heard(await asked_on_stream(app, collect))
    assert told == [answers["elicitation/create"], answers["sampling/createMessage"], answers["roots/list"]]
    assert asked["elicitation/create"]["message"] == "curious asks: Sign in"
    assert asked["elicitation/create"]["url"] == LINK["params"]["url"]
    assert "includeContext" not in asked["sampling/createMessage"], "one service must not read what others said"


async def test_a_service_is_promised_what_the_client_declared_and_nothing_else(
    client: Client, curious: Curious, app: Client
) -> None:
    async def accept(question: Question) -> None:
        await respond(app, question, ACCEPTED)

    await asked_on_stream(app, accept)
    assert {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}} in curious.handshakes
    curious.rounds = [[SAMPLE, LINK, ROOTS]]
    await introduce(client, {"elicitation": {}, "tasks": {"x": 1}})
    refused = heard(await asked_on_stream(client, unasked))
    assert curious.handshakes[-1] == {"elicitation": {}}
    assert [told["code"] for told in refused] == [-32601] * 3
    await introduce(client, {})
    await asked_on_stream(client, unasked)
    assert curious.handshakes.count({"elicitation": {}}) == 1


async def test_nobody_is_asked_for_secrets_or_led_to_something_that_is_no_web_address(app: Client, curious: Curious) -> None:
    secret = {"type": "object", "properties": {"apiKey": {"type": "string"}}}
    curious.rounds = [
        [{"method": "elicitation/create", "params": {"message": "Your key", "requestedSchema": secret}}],
        [{"method": "elicitation/create", "params": {**LINK["params"], "url": "javascript:alert(1)"}}],
        [{"method": "elicitation/create", "params": {"message": "no form"}}],
        [{"method": "conducktor/anything", "params": {}}],
    ]
    refused = heard(await asked_on_stream(app, unasked))
    assert [told["code"] for told in refused] == [-32602, -32602, -32602, -32601]


async def test_an_answer_counts_only_with_the_authorization_that_was_asked(client: Client, app: Client) -> None:
    async def meddled_with(question: Question) -> None:
        assert (await respond(client, question, {"action": "decline"})).status_code == 202
        assert (await respond(app, {"id": "guessed"}, {"action": "decline"})).status_code == 202
        assert (await respond(app, question, ACCEPTED)).status_code == 202
        assert (await respond(app, question, {"action": "decline"})).status_code == 202

    assert heard(await asked_on_stream(app, meddled_with)) == [ACCEPTED]


async def test_the_answer_may_come_to_another_process(product: Product, app: Client) -> None:
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as other:
        elsewhere = Client(product, app.token)
        elsewhere.url = f"http://127.0.0.1:{other.parts.settings.port}/api/conducktor-mcp"
        async with elsewhere:

            async def accept(question: Question) -> None:
                assert (await respond(elsewhere, question, ACCEPTED)).status_code == 202

            assert heard(await asked_on_stream(app, accept)) == [ACCEPTED]
            assert heard(await asked_on_stream(elsewhere, lambda question: _answer(app, question))) == [ACCEPTED]


async def _answer(client: Client, question: Question) -> None:
    await respond(client, question, ACCEPTED)


async def test_a_client_that_refuses_is_believed(app: Client) -> None:
    async def refuse(question: Question) -> None:
        error = {"code": -32601, "message": "no"}
        await app.send(json.dumps({"jsonrpc": "2.0", "id": question["id"], "error": error}).encode())

    assert heard(await asked_on_stream(app, refuse)) == [{"code": -1, "message": "The client refused to answer"}]


async def test_thinking_takes_no_time_of_the_call(product: Product, app: Client) -> None:
    async def think(question: Question) -> None:
        ends = asyncio.get_running_loop().time() + product.parts.settings.call_deadline_s
        while asyncio.get_running_loop().time() < ends:
            await app.legacy("ping")
        await respond(app, question, ACCEPTED)

    assert heard(await asked_on_stream(app, think)) == [ACCEPTED]


async def test_a_client_without_a_stream_is_not_asked_and_the_service_hears_so(app: Client, curious: Curious) -> None:
    told = await app.call("curious_echo", text="hi")
    assert json.loads(told["content"][0]["text"])[0]["code"] == -32601


async def test_a_question_is_in_the_audit_with_its_call_without_its_words(app: Client, curious: Curious, ada: Browser) -> None:
    curious.rounds = [[LINK, FORM]]

    async def accept(question: Question) -> None:
        await respond(app, question, {"action": "decline"} if question["params"]["mode"] == "url" else ACCEPTED)

    await asked_on_stream(app, accept)
    line = await the_newest_call(ada, tool="echo")
    questions = decoded(await ada.get(f"/api/workspaces/lab/audit/{line['id']}"))["decision"]["questions"]
    link = {"method": "elicitation/create", "mode": "url", "host": "example.com", "answer": "decline"}
    form = {"method": "elicitation/create", "mode": "form", "answer": "accept"}
    assert [{name: value for name, value in told.items() if name != "key"} for told in questions] == [link, form]


async def test_who_hangs_up_while_being_asked_ends_the_call_at_the_service(app: Client, curious: Curious) -> None:
    class HungUp(Exception):
        pass

    async def hang_up(_question: Question) -> None:
        raise HungUp

    before = len(curious.bodies("notifications/cancelled"))
    with pytest.raises(HungUp):
        await asked_on_stream(app, hang_up)
    async with asyncio.timeout(PATIENCE_S):
        while len(curious.bodies("notifications/cancelled")) == before:
            await asyncio.sleep(0.02)


async def test_before_outside_content_is_marked_nobody_is_asked(app: Client, curious: Curious, ada: Browser) -> None:
    settings = {"brings_in": ["curious_*"], "sends_out": ["shelf_other"]}
    wish = {"name": "Outside", "kind": "untrusted_flow", "settings": settings}
    policy = decoded(await ada.post("/api/workspaces/lab/policies", wish))
    try:
        async with asyncio.timeout(PATIENCE_S):
            while heard(await asked_on_stream(app, lambda question: _answer(app, question))) == [ACCEPTED]:
                pass
        assert heard(await asked_on_stream(app, unasked))[0]["code"] == -32601
    finally:
        await ada.delete(f"/api/workspaces/lab/policies/{policy['id']}")
