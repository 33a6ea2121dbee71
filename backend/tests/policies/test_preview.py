"""Showing what a call would do, without doing it."""

from sqlalchemy import text as sql

from tests.connections.shelf import Shelf
from tests.gateway.client import Client, text
from tests.policies.conftest import LAB, Admin, joined
from tests.product import Browser, Product, decoded

PREVIEW = f"{LAB}/preview"


async def test_a_call_that_nothing_stands_against_would_be_carried_out(upstream: Shelf, ada: Browser, policies: Admin) -> None:
    seen = decoded(await ada.post(PREVIEW, {"tool": "shelf_update_issue", "arguments": {"text": "x"}}))
    assert (seen["verdict"], seen["operation_class"], seen["policies"]) == ("passed", "write", [])
    assert "would be carried out" in seen["summary"]
    assert upstream.bodies("tools/call") == []


async def test_it_names_every_policy_and_who_would_have_to_approve(policies: Admin, upstream: Shelf, ada: Browser) -> None:
    await policies.add("Ask", "require_approval", {"approvers": {"roles": ["admin"], "people": ["ada@example.com"], "count": 2}})
    await policies.add("Watch", "deny", {"message": "No."}, mode="monitor")
    asked_before = decoded(await ada.get(f"{LAB}/approvals"))["items"]
    seen = decoded(await ada.post(PREVIEW, {"tool": "shelf_echo", "arguments": {}}))
    assert seen["verdict"] == "asked"
    assert [(p["name"], p["verdict"], p["mode"]) for p in seen["policies"]] == [
        ("Ask", "asked", "enforce"), ("Watch", "denied", "monitor"),
    ]  # fmt: skip
    (needed,) = seen["approvals"]
    assert (needed["policy"], needed["sent_to"], needed["count"]) == ("Ask", "Admin team and Ada", 2)
    assert decoded(await ada.get(f"{LAB}/approvals"))["items"] == asked_before, "nobody was asked"


async def test_a_denial_comes_with_its_reason(policies: Admin, upstream: Shelf, client: Client) -> None:
    await policies.add("Short", "argument_rule", {"rule": "size(args.text) < 5", "message": "Keep it short."},
                       what={"tools": ["shelf_*"]})  # fmt: skip
    answered = await client.call("conducktr_preview_call", tool="shelf_echo", arguments={"text": "too long"})
    assert answered["isError"] is False
    assert answered["structuredContent"]["verdict"] == "denied"
    assert answered["structuredContent"]["reason"] == "Keep it short."
    assert "Keep it short." in text(answered)


async def test_it_takes_nothing_from_a_rate_limit(
    policies: Admin, upstream: Shelf, ada: Browser, client: Client, product: Product
) -> None:
    made = await policies.add("One a day", "rate_limit", {"calls": 1, "per": "day"}, what={"tools": ["shelf_echo"]})
    for _ in range(3):
        seen = decoded(await ada.post(PREVIEW, {"tool": "shelf_echo"}))
        assert (seen["verdict"], seen["rates"][0]["used"]) == ("passed", 0)
    assert text(await client.call("shelf_echo", text="x")) == "done"
    seen = decoded(await ada.post(PREVIEW, {"tool": "shelf_echo"}))
    assert (seen["verdict"], seen["reason"]) == ("denied", "Rate limit reached: 1 call per day.")
    async with product.parts.database.transaction() as tx:
        used = await tx.session.scalar(sql("SELECT used FROM rate_windows WHERE policy_id = :id"), {"id": made["id"]})
    assert used == 1


async def test_it_shows_what_would_be_hidden(policies: Admin, upstream: Shelf, ada: Browser) -> None:
    await policies.add("Hide", "redact", {"what": ["cards"]})
    seen = decoded(await ada.post(PREVIEW, {"tool": "shelf_echo", "arguments": {"text": "4111111111111111"}}))
    assert seen["hidden"] == ["1 × card number"]


async def test_a_tool_that_one_cannot_see_is_unknown(upstream: Shelf, ada: Browser, product: Product) -> None:
    never = await ada.post(PREVIEW, {"tool": "shelf_never"})
    assert never.status_code == 404
    async with joined(product, ada, "contractor") as contractor:
        hidden = await contractor.post(PREVIEW, {"tool": "conducktr_create_policy"})
        assert hidden.status_code == 404
        assert hidden.json()["detail"] == never.json()["detail"].replace("shelf_never", "conducktr_create_policy")
        assert decoded(await contractor.post(PREVIEW, {"tool": "shelf_echo"}))["verdict"] == "passed"


async def test_the_preview_passes_the_same_policies_as_every_tool(policies: Admin, upstream: Shelf, client: Client) -> None:
    """E8: a management tool is a tool."""
    await policies.add("Nothing of ours", "deny", {"message": "Closed."}, what={"connections": ["conducktr"]})
    assert text(await client.call("conducktr_preview_call", tool="shelf_echo")).startswith("Closed.")
    assert text(await client.call("shelf_echo", text="x")) == "done"
