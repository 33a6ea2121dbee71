"""Policies as people keep them, over HTTP."""

from typing import Any

import pytest

from tests.connections.shelf import Shelf
from tests.gateway.client import Client, text
from tests.policies.conftest import LAB, POLICIES, Admin, joined
from tests.product import Browser, Product, decoded

ALL_SETTINGS: dict[str, dict[str, object]] = {
    "require_approval": {"approvers": {"roles": ["owner"], "count": 2}, "wait_s": 20, "expires_hours": 2, "reason": "Why."},
    "budget_limit": {"amount_usd": 12.5, "period": "week", "share": "person"},
    "allow_only": {"classes": ["read"], "tools": ["shelf_*"]},
    "deny": {"message": "No."},
    "rate_limit": {"calls": 3, "per": "hour", "share": "conversation"},
    "argument_rule": {"rule": "has(args.text)", "message": "Say something."},
    "redact": {"what": ["cards"], "in_arguments": True, "in_results": False},
    "untrusted_flow": {"brings_in": ["web_*"], "sends_out": ["mail_*"], "approvers": {"roles": ["admin"]}},
}


@pytest.mark.parametrize("kind", ALL_SETTINGS)
async def test_every_kind_can_be_made_read_and_changed(policies: Admin, ada: Browser, kind: str) -> None:
    made = await policies.add(
        "First name", kind, ALL_SETTINGS[kind], what={"connections": ["nowhere"]}, condition="tool.class == 'read'"
    )
    found = decoded(await ada.get(f"{POLICIES}/{made['id']}"))
    assert found == made
    assert (found["kind"], found["version"], found["mode"], found["problem"]) == (kind, 1, "enforce", None)
    assert all(found["settings"][name] == value for name, value in ALL_SETTINGS[kind].items() if name != "approvers")

    changed = decoded(await ada.patch(f"{POLICIES}/{made['id']}", {"name": "  Second   name ", "condition": None, "version": 1}))
    assert (changed["name"], changed["version"], changed["condition"]) == ("Second name", 2, None)
    assert changed["settings"] == made["settings"]
    versions = decoded(await ada.get(f"{POLICIES}/{made['id']}/versions"))["versions"]
    assert [(v["version"], v["name"], v["changed_by"]) for v in versions] == [(2, "Second name", "Ada"), (1, "First name", "Ada")]


async def test_people_and_groups_are_named_as_people_name_them(policies: Admin, ada: Browser) -> None:
    group = decoded(await ada.post(f"{LAB}/groups", {"name": "Release crew"}))
    made = await policies.add(
        "Crew", "require_approval", {"approvers": {"groups": ["release CREW"], "people": ["Ada@example.com"]}},
        who={"groups": ["Release crew"], "people": ["ada@example.com"], "roles": ["member"], "clients": ["chatgpt-mcp-client"]},
    )  # fmt: skip
    assert made["who"]["groups"] == [{"id": group["id"], "name": "Release crew"}]
    assert [person["name"] for person in made["who"]["people"]] == ["Ada"]
    assert [one["name"] for one in made["approvers"]] == ["Release crew", "Ada"]
    assert "ada@example.com" not in str(made)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"kind": "magic"}, "kind"),
        ({"settings": {"message": ["No."]}}, "settings.message"),
        ({"settings": {"patterns": ["x"]}}, "settings"),
        ({"kind": "rate_limit", "settings": {"calls": 0}}, "settings.calls"),
        ({"kind": "argument_rule", "settings": {"rule": "args.x =="}}, "settings"),
        ({"condition": "args.x =="}, "condition"),
        ({"condition": "argument.x == 1"}, "condition"),
        ({"who": {"roles": ["king"]}}, "who.roles"),
        ({"who": {"people": ["nobody@example.com"]}}, "who.people"),
        ({"who": {"groups": ["no such group"]}}, "who.groups"),
        ({"what": {"tools": [""]}}, "what.tools[0]"),
        ({"kind": "require_approval", "settings": {"approvers": {"groups": ["none"]}}}, "settings.approvers.groups"),
        ({"kind": "require_approval", "settings": {"approvers": 7}}, "settings.approvers"),
        ({"kind": "require_approval", "settings": {"approvers": {"count": 0}}}, "settings.approvers.count"),
        ({"kind": "require_approval", "settings": {"approvers": {"roles": ["king"]}}}, "settings.approvers.roles"),
    ],
    ids=str,
)  # fmt: skip
async def test_what_is_wrong_is_said_under_its_field(ada: Browser, connected: str, wish: dict[str, Any], field: str) -> None:
    refused = await ada.post(POLICIES, {"name": "A policy", "kind": "deny", "settings": {}} | wish)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == [field], refused.text
    assert decoded(await ada.get(POLICIES))["policies"] == []


async def test_a_change_made_from_an_old_version_is_refused(policies: Admin, ada: Browser) -> None:
    made = await policies.add("Once", "deny")
    decoded(await ada.patch(f"{POLICIES}/{made['id']}", {"name": "Twice", "version": 1}))
    refused = await ada.patch(f"{POLICIES}/{made['id']}", {"name": "Late", "version": 1})
    assert refused.status_code == 409
    assert decoded(await ada.get(f"{POLICIES}/{made['id']}"))["name"] == "Twice"


async def test_a_change_that_changes_nothing_is_no_new_version(policies: Admin, ada: Browser) -> None:
    made = await policies.add("Same", "deny", what={"tools": ["x*"]})
    again = decoded(await ada.patch(f"{POLICIES}/{made['id']}", {"name": "Same", "what": {"tools": ["x*"]}}))
    assert again["version"] == 1


async def test_policies_are_put_in_order_all_at_once(policies: Admin, ada: Browser) -> None:
    made = [await policies.add(name, "deny", {"message": f"{name}."}, is_enabled=False) for name in ("One", "Two", "Three")]
    ids = [str(policy["id"]) for policy in made]
    turned = decoded(await ada.request("PUT", f"{POLICIES}/order", json={"policy_ids": ids[::-1]}))
    assert [policy["name"] for policy in turned["policies"]] == ["Three", "Two", "One"]
    assert (await ada.request("PUT", f"{POLICIES}/order", json={"policy_ids": ids[:2]})).status_code == 422


async def test_every_template_can_be_created_as_it_is(policies: Admin, ada: Browser, connected: str) -> None:
    templates = decoded(await ada.get(f"{POLICIES}/templates"))
    names = [template["definition"]["name"] for template in templates]
    guide = [
        "All Linear issue creations require approval",
        "Monthly budget limit: $100",
        "Only allow read operations for contractors",
    ]
    assert names[:3] == guide
    for template in templates:
        made = decoded(await ada.post(POLICIES, template["definition"] | {"is_enabled": False}))
        assert made["problem"] is None


async def test_kinds_come_with_what_a_form_needs(ada: Browser, connected: str) -> None:
    kinds = {kind["kind"]: kind for kind in decoded(await ada.get(f"{POLICIES}/kinds"))}
    assert set(kinds) == set(ALL_SETTINGS)
    amount = kinds["budget_limit"]["schema"]["properties"]["amount_usd"]
    assert (amount["title"], amount["type"], amount["minimum"]) == ("Amount (USD)", "number", 0)
    assert kinds["deny"]["examples"][1]["settings"] == {"message": "Repositories are deleted by the platform team."}


async def test_a_model_makes_the_guides_examples_with_plain_arguments(
    policies: Admin, upstream: Shelf, product: Product, ada: Browser
) -> None:
    async with await Client.authorized(product, ada, "lab", ("connections", "tools", "manage")) as manager:
        for name, kind, more in (
            ("All Linear issue creations require approval", "require_approval", {"what": {"tools": ["linear-*_create_issue*"]}}),
            ("Monthly budget limit: $100", "budget_limit", {"settings": {"amount_usd": 100, "period": "month"}}),
            ("Only allow read operations for contractors", "allow_only",
             {"settings": {"classes": ["read"]}, "who": {"roles": ["contractor"]}}),
        ):  # fmt: skip
            made = await manager.call("conducktr_create_policy", name=name, kind=kind, **more)
            assert made["isError"] is False, text(made)
        listed = (await manager.call("conducktr_list_policies"))["structuredContent"]["policies"]
        assert listed[0]["name"] == "All Linear issue creations require approval"
        refused = await manager.legacy(
            "tools/call", {"name": "conducktr_create_policy", "arguments": {"name": "x", "kind": "magic"}}
        )
        assert "One of allow_only" in refused.text or "no kind of policy" in refused.text


async def test_what_may_not_write_policies_may_not_change_them_from_a_chat(policies: Admin, client: Client) -> None:
    refused = await client.call("conducktr_create_policy", name="x", kind="deny")
    assert refused["isError"] is True
    assert refused["structuredContent"]["scope"] == "manage"


async def test_an_owners_organization_wide_policy_rules_every_workspace_of_it(
    policies: Admin, upstream: Shelf, product: Product, ada: Browser
) -> None:
    other = decoded(await ada.post("/api/workspaces", {"name": "Second lab"}))["slug"]
    async with await Client.authorized(product, ada, other) as there:
        assert (await there.call("conducktr_list_connections"))["isError"] is False
        wide = await policies.add("For all", "deny", {"message": "Closed."}, applies_to="organization")
        assert text(await there.call("conducktr_list_connections")).startswith("Closed.")
        listed = decoded(await ada.get(f"/api/workspaces/{other}/policies"))["policies"]
        assert [(p["name"], p["applies_to"]) for p in listed] == [("For all", "organization")]
        own = decoded(await ada.post(f"/api/workspaces/{other}/policies", {"name": "Own", "kind": "deny"}))
        listed = decoded(await ada.get(f"/api/workspaces/{other}/policies"))["policies"]
        assert [p["name"] for p in listed] == ["For all", "Own"]
        assert [p["name"] for p in decoded(await ada.get(POLICIES))["policies"]] == ["For all"]
        decoded(await ada.delete(f"/api/workspaces/{other}/policies/{own['id']}"))
        await policies.change(wide, is_enabled=False)
        assert (await there.call("conducktr_list_connections"))["isError"] is False


async def test_only_owners_speak_for_the_organization(product: Product, ada: Browser, policies: Admin) -> None:
    wide = await policies.add("For all", "deny", is_enabled=False, applies_to="organization")
    async with joined(product, ada, "admin") as admin:
        wish = {"name": "Mine for all", "kind": "deny", "applies_to": "organization"}
        assert (await admin.post(POLICIES, wish)).status_code == 403
        assert (await admin.patch(f"{POLICIES}/{wide['id']}", {"is_enabled": True})).status_code == 403
        assert (await admin.delete(f"{POLICIES}/{wide['id']}")).status_code == 403
        seen = decoded(await admin.get(POLICIES))["policies"]
        assert [(p["name"], p["can_change"]) for p in seen] == [("For all", False)]
    refused = await ada.post(POLICIES, {"name": "x", "kind": "deny", "applies_to": "organization", "who": {"groups": []}})
    assert refused.is_success


async def test_members_read_policies_and_change_none(product: Product, ada: Browser, policies: Admin) -> None:
    made = await policies.add("Readable", "deny", is_enabled=False)
    async with joined(product, ada, "member") as member:
        assert [p["can_change"] for p in decoded(await member.get(POLICIES))["policies"]] == [False]
        assert (await member.patch(f"{POLICIES}/{made['id']}", {"is_enabled": True})).status_code == 403
