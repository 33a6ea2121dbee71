"""Policies and a group for the showcase: one with a history, one that watches, one that is off."""

from typing import Any

from e2e.support.people import Person

TAKEN = ("monthly-budget", "contractors-read", "watch-writes")


async def write_policies(owner: Person) -> dict[str, str]:
    """After every call of the showcase, so that none of them meets these. `policy` is one that was changed twice."""
    people = {member["name"]: member["user_id"] for member in await owner.ask("GET", "/members")}
    finance = {"name": "Finance", "people": [people["Workspace admin"], people["Workspace member"]]}
    group = await owner.ask("POST", "/groups", json=finance)
    for template in await owner.ask("GET", "/policies/templates"):
        if template["id"] in TAKEN:
            await owner.ask("POST", "/policies", json=template["definition"])
    made = await owner.ask("POST", "/policies", json=_SENDING)
    approvers = {"roles": ["admin"], "groups": [group["id"]], "people": [], "count": 2}
    for change in ({"settings": {"approvers": approvers, "wait_s": 20}}, {"condition": 'args.channel == "customers"'}):
        await owner.ask("PATCH", f"/policies/{made['id']}", json=change)
    off = await owner.ask("POST", "/policies", json=_NIGHT)
    await owner.ask("PATCH", f"/policies/{off['id']}", json={"is_enabled": False})
    return {"policy": made["id"]}


_SENDING: dict[str, Any] = {
    "name": "Messages to customers need two",
    "kind": "require_approval",
    "settings": {"approvers": {"roles": ["admin"]}},
    "what": {"tools": ["slack-alerts_post_*"]},
}
_NIGHT: dict[str, Any] = {
    "name": "Nothing is changed on Sundays",
    "kind": "deny",
    "settings": {"message": "Changes wait until Monday."},
    "what": {"classes": ["write", "destructive"]},
    "condition": "now.getDayOfWeek() == 0",
}
