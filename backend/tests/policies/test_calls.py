"""What policies do to calls, seen from an MCP client."""

import asyncio
import json
from typing import Any

from sqlalchemy import text as sql

from tests.connections.shelf import Shelf
from tests.gateway.client import Client, text
from tests.gateway.test_governance import the_newest_call
from tests.policies.conftest import LAB, OK, Admin, joined, second_process
from tests.product import Browser, Product, decoded
from tests.support.promptly import PROMPTLY_S
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import reply, result

CHANGES = 8
CARD = "4111 1111 1111 1111"
KEY = "sk-abcdefghijklmnopqrstuvwxyz012345"


async def detail_of(ada: Browser, **expected: str) -> dict[str, Any]:
    line = await the_newest_call(ada, **expected)
    detail: dict[str, Any] = decoded(await ada.get(f"{LAB}/audit/{line['id']}"))
    return detail


async def test_an_approval_is_asked_for_in_the_guides_words(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    made = await policies.add("All echoes require approval", "require_approval", what={"tools": ["shelf_e*"]})
    asked = await client.call("shelf_echo", text="please")

    assert text(asked).startswith("Approval required. Request sent to Admin team.")
    assert upstream.bodies("tools/call") == []
    decision = (await detail_of(ada, outcome="pending_approval"))["decision"]
    assert (decision["verdict"], decision["policies"][0]["id"]) == ("asked", made["id"])


async def test_a_contractor_is_refused_an_update_in_the_guides_words(
    policies: Admin, upstream: Shelf, product: Product, ada: Browser
) -> None:
    await policies.add("Only reads", "allow_only", {"classes": ["read"]}, who={"roles": ["contractor"]})
    async with (
        joined(product, ada, "contractor") as contractor,
        await Client.authorized(product, contractor, "lab", ("connections", "tools")) as theirs,
    ):
        refused = await theirs.call("shelf_update_issue", text="x")
        assert text(refused).startswith("Permission denied: Update operations not allowed")
        assert refused["structuredContent"]["policy"] == "Only reads"
        assert text(await theirs.call("shelf_echo", text="x")).startswith("Permission denied: Write operations not allowed")
        assert upstream.bodies("tools/call") == []
        assert text(await theirs.call("shelf_search_issues", text="x")) == "done"
        assert (await theirs.call("conducktr_list_connections"))["isError"] is False


async def test_a_monthly_limit_blocks_in_the_guides_words(policies: Admin, upstream: Shelf, client: Client, ada: Browser) -> None:
    decoded(await ada.request("PUT", f"{LAB}/prices", json={"connection": "shelf", "basis": "call", "micro_usd": 60_000_000}))
    try:
        await policies.add("Monthly budget limit: $100", "budget_limit", {"amount_usd": 100, "period": "month"})
        assert text(await client.call("shelf_echo", text="first")) == "done"
        assert text(await client.call("shelf_echo", text="second")).startswith(
            "Operation blocked: Monthly budget limit reached ($100)"
        )
        seen = decoded(await ada.post(f"{LAB}/preview", {"tool": "shelf_echo"}))
        assert (seen["verdict"], seen["limits"][0]["name"]) == ("denied", "Monthly budget limit: $100")
        assert (seen["limits"][0]["left_micro_usd"], seen["estimate_micro_usd"]) == (40_000_000, 60_000_000)
        assert len(upstream.bodies("tools/call")) == 1
    finally:
        decoded(await ada.request("PUT", f"{LAB}/prices", json={"connection": "shelf", "basis": "free"}))


async def test_monitoring_lets_the_call_through_and_writes_down_what_it_would_do(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    await policies.add("Watch", "deny", {"message": "No."}, mode="monitor")
    assert text(await client.call("shelf_echo", text="x")) == "done"
    decision = (await detail_of(ada, outcome="ok"))["decision"]
    assert decision["verdict"] == "passed"
    assert (decision["policies"][0]["verdict"], decision["policies"][0]["mode"]) == ("denied", "monitor")


async def test_the_audit_finds_the_calls_that_a_policy_was_about(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    watch = await policies.add("Watch", "deny", mode="monitor", what={"tools": ["shelf_echo"]})
    other = await policies.add("Watch others", "deny", mode="monitor", what={"tools": ["shelf_other"]})
    await client.call("shelf_echo", text="x")
    line = await the_newest_call(ada, outcome="ok")

    found = decoded(await ada.get(f"{LAB}/audit", params={"policy": watch["id"]}))["items"]
    assert [one["id"] for one in found] == [line["id"]]
    assert decoded(await ada.get(f"{LAB}/audit", params={"policy": other["id"]}))["items"] == []


async def test_secrets_are_hidden_on_the_way_out_and_back_and_never_written_down(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    await policies.add("Hide", "redact", {"what": ["secrets", "cards", "emails"]})
    paid = {
        "content": [{"type": "text", "text": f"paid with {CARD}\nkey={KEY}"}],
        "structuredContent": {"owner@example.com": 4111111111111111, "n": 1.10, "order": "1234567890123"},
    }
    upstream._behaviours["tools/call"] = result(json.dumps(paid).replace("1.1", "1.10"))
    answered = await client.legacy(
        "tools/call", {"name": "shelf_echo", "arguments": {"text": f"charge {CARD} for a@example.com"}}
    )

    sent = upstream.bodies("tools/call")[0]["params"]["arguments"]
    assert sent == {"text": "charge [redacted: card number] for [redacted: e-mail address]"}
    got = answered.json()["result"]
    assert got["content"][0]["text"] == "paid with [redacted: card number]\nkey=[redacted: secret]"
    hidden = {"[redacted: e-mail address]": "[redacted: card number]", "n": 1.1, "order": "1234567890123"}
    assert got["structuredContent"] == hidden
    assert b'"n": 1.10' in answered.content
    decision = (await detail_of(ada, outcome="ok"))["decision"]
    found = {(f["what"], f["where"]): f["count"] for f in decision["findings"]}
    assert found == {("cards", "arguments"): 1, ("emails", "arguments"): 1, ("secrets", "result"): 1, ("emails", "result"): 1,
                     ("cards", "result"): 2}  # fmt: skip
    assert CARD not in str(decision)


async def test_a_result_without_anything_to_hide_comes_back_byte_for_byte(
    policies: Admin, upstream: Shelf, client: Client
) -> None:
    await policies.add("Hide", "redact", {})
    odd = '{"content":[{"type":"hologram","_meta":{"a":[1.10,-0.0,1e2]}}],"novel":{"\\u00e9":null, "b":"\\/x"}}'
    upstream._behaviours["tools/call"] = result(odd)
    assert odd.encode() in (await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {}})).content


async def test_what_a_service_says_while_it_works_is_looked_through_too(policies: Admin, upstream: Shelf, client: Client) -> None:
    async def with_progress(received: Received, writer: asyncio.StreamWriter) -> None:
        token = json.dumps(received.json["params"]["_meta"]["progressToken"])
        said = f'{{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{token},"message":"{KEY}"}}}}'
        body = f"data: {said}\n\ndata: ".encode() + reply(received, OK) + b"\n\n"
        writer.write(answer(body, content_type="text/event-stream"))

    upstream._behaviours["tools/call"] = with_progress
    params = {"name": "shelf_echo", "arguments": {}, "_meta": {"progressToken": 7, "openai/session": "progress"}}
    headers = {"Accept": "application/json, text/event-stream"}
    assert KEY in (await client.legacy("tools/call", params, **headers)).text
    await policies.add("Hide", "redact", {"what": ["secrets"]})
    answered = (await client.legacy("tools/call", params, **headers)).text
    assert "[redacted: secret]" in answered
    assert KEY not in answered
    await policies.add("Flow", "untrusted_flow", {"brings_in": ["shelf_echo"], "sends_out": ["shelf_other"]})
    assert "notifications/progress" not in (await client.legacy("tools/call", params, **headers)).text


async def test_also_an_upstreams_error_is_looked_through(policies: Admin, upstream: Shelf, client: Client) -> None:
    await policies.add("Hide", "redact", {"what": ["secrets"]})
    upstream._behaviours["tools/call"] = result(json.dumps({"content": [{"type": "text", "text": KEY}], "isError": True}))
    assert text(await client.call("shelf_echo", text="x")) == "[redacted: secret]"


async def test_after_outside_content_what_sends_data_out_needs_approval_in_that_conversation(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    await policies.add("Flow", "untrusted_flow", {"brings_in": ["shelf_other"], "sends_out": ["shelf_echo"]})

    async def said(tool: str, conversation: str) -> str:
        params = {"name": tool, "arguments": {"text": conversation}, "_meta": {"openai/session": conversation}}
        return text(decoded(await client.legacy("tools/call", params))["result"])

    assert await said("shelf_echo", "one") == "done"
    assert await said("shelf_other", "one") == "done"
    assert (await said("shelf_echo", "one")).startswith("Approval required.")
    decision = (await detail_of(ada, outcome="pending_approval"))["decision"]
    assert decision["facts"] == {"untrusted": "shelf_other"}
    assert await said("shelf_echo", "two") == "done"
    assert text(await client.call("shelf_echo", text="no conversation")) == "done"
    assert text(await client.call("shelf_other", text="no conversation")) == "done"
    assert text(await client.call("shelf_echo", text="no conversation")).startswith("Approval required.")


async def test_deciding_approvals_is_never_itself_asked_about(
    policies: Admin, upstream: Shelf, product: Product, ada: Browser
) -> None:
    await policies.add("Everything", "require_approval")
    async with await Client.authorized(product, ada, "lab", ("connections", "tools", "usage", "approvals")) as decider:
        assert (await decider.call("conducktr_list_approvals"))["isError"] is False
        assert text(await decider.call("conducktr_list_connections")).startswith("Approval required.")


async def test_a_condition_that_fails_denies_and_says_whose_and_how_to_write_it(
    policies: Admin, upstream: Shelf, client: Client
) -> None:
    await policies.add("Large orders", "require_approval", condition="args.amount > 100")
    refused = await client.call("shelf_echo", text="x")
    assert "condition of the policy “Large orders” could not be checked" in text(refused)
    assert "has(args." in text(refused)
    assert upstream.bodies("tools/call") == []


async def test_an_argument_rule_speaks_the_admins_words(policies: Admin, upstream: Shelf, client: Client) -> None:
    rule: dict[str, object] = {"rule": "has(args.text) && size(args.text) < 5", "message": "Keep it short."}
    await policies.add("Short", "argument_rule", rule, what={"tools": ["shelf_echo"]})
    assert text(await client.call("shelf_echo", text="four")) == "done"
    assert text(await client.call("shelf_echo", text="eleven")).startswith("Keep it short.")
    assert text(await client.call("shelf_echo")).startswith("Keep it short.")


async def test_a_rate_limit_is_exact_over_two_processes(
    policies: Admin, upstream: Shelf, product: Product, client: Client, ada: Browser
) -> None:
    await policies.add("Seven a day", "rate_limit", {"calls": 7, "per": "day"}, what={"connections": ["shelf"]})
    second = await policies.add(
        "Nine a day", "rate_limit", {"calls": 9, "per": "day", "share": "person"}, what={"connections": ["shelf"]}
    )
    async with second_process(product) as other, Client(other, client.token) as over_there:
        answers = await asyncio.gather(*(c.call("shelf_echo", text=str(n)) for n in range(15) for c in (client, over_there)))
    said = [text(one) for one in answers]
    assert said.count("done") == 7
    assert sum(line.startswith("Rate limit reached: 7 calls per day.") for line in said) == 23
    assert len(upstream.bodies("tools/call")) == 7
    refused = next(one["structuredContent"] for one in answers if one.get("isError"))
    assert refused["policy"] == "Seven a day"
    assert 0 < refused["retry_after_s"] <= 86_400
    async with product.parts.database.transaction() as tx:
        used = await tx.session.scalar(sql("SELECT used FROM rate_windows WHERE policy_id = :id"), {"id": second["id"]})
    assert used == 7, "a call that one limit refuses is not counted by the others"
    decision = (await detail_of(ada, outcome="denied"))["decision"]
    assert decision["verdict"] == "denied"


async def test_only_calls_that_go_on_count(policies: Admin, upstream: Shelf, client: Client) -> None:
    await policies.add("Two a day", "rate_limit", {"calls": 2, "per": "day"}, what={"tools": ["shelf_e*"]})
    blocked = await policies.add("Not now", "deny", {"message": "Not now."}, what={"tools": ["shelf_e*"]})
    for _ in range(3):
        assert text(await client.call("shelf_echo", text="x")).startswith("Not now.")
    await policies.remove(blocked)
    for _ in range(2):
        assert text(await client.call("shelf_echo", text="x")) == "done"
    assert text(await client.call("shelf_echo", text="x")).startswith("Rate limit reached")


async def test_a_rate_limit_that_only_watches_counts_and_refuses_nothing(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    await policies.add("Watch", "rate_limit", {"calls": 1, "per": "day"}, mode="monitor", what={"tools": ["shelf_e*"]})
    for _ in range(3):
        assert text(await client.call("shelf_echo", text="x")) == "done"
    decision = (await detail_of(ada, outcome="ok"))["decision"]
    assert (decision["verdict"], decision["policies"][0]["verdict"]) == ("passed", "denied")
    assert decision["rates"][0]["used"] >= 2


async def test_a_change_rules_calls_in_every_process_within_a_second(
    policies: Admin, upstream: Shelf, product: Product, client: Client
) -> None:
    async with second_process(product) as other, Client(other, client.token) as over_there:
        assert text(await over_there.call("shelf_echo", text="x")) == "done"
        await policies.add("No echo", "deny", {"message": "Stopped."}, what={"tools": ["shelf_echo"]})
        assert text(await client.call("shelf_echo", text="x")).startswith("Stopped.")
        async with asyncio.timeout(PROMPTLY_S):
            while not text(await over_there.call("shelf_echo", text="x")).startswith("Stopped."):
                await asyncio.sleep(0.01)


async def test_each_call_is_decided_by_one_version_that_the_audit_names(
    policies: Admin, upstream: Shelf, client: Client, ada: Browser
) -> None:
    """E11: the policy changes while calls run; its message names its version, so a mixture would show."""
    made = await policies.add("Version", "deny", {"message": "Version 1."}, what={"tools": ["shelf_echo"]})

    async def change() -> None:
        for number in range(2, CHANGES + 2):
            wish = {"settings": {"message": f"Version {number}."}}
            assert decoded(await ada.patch(f"{LAB}/policies/{made['id']}", wish))["version"] == number

    changing = asyncio.create_task(change())
    said: list[str] = []
    while not changing.done():
        said += [text(one) for one in await asyncio.gather(*(client.call("shelf_echo", text="x") for _ in range(100)))]
    await changing
    await policies.heard()
    assert text(await client.call("shelf_echo", text="x")).startswith(f"Version {CHANGES + 1}.")
    assert upstream.bodies("tools/call") == []
    await the_newest_call(ada, outcome="denied")
    lines = decoded(await ada.get(f"{LAB}/audit?kind=call&tool=echo&outcome=denied"))["items"][:30]
    for line in lines:
        opinion = decoded(await ada.get(f"{LAB}/audit/{line['id']}"))["decision"]["policies"]
        if opinion[0]["name"] == "Version":
            assert len(opinion) == 1
            assert opinion[0]["reason"] == f"Version {opinion[0]['version']}."
