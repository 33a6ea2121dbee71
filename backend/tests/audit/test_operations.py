"""Reading the trail, as the audit page does."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Surface
from conducktor.core.errors import Forbidden, Unavailable
from conducktor.core.ids import CallId, UserId, WorkspaceId, new_id
from conducktor.core.tool_call import CallRequest, CallResult, Outcome
from conducktor.workspaces.roles import PERMISSIONS, Role
from tests.product import Product, decoded
from tests.support.promptly import PATIENCE_S
from tests.workspaces.team import LAB, Person, team

ARGUMENTS = b'{"title":"canary"}'


async def test_several_outcomes_are_one_question(product: Product) -> None:
    async with team(product) as (owner,):
        ends = {"ok": Outcome.OK, "down": Outcome.FAILED, "no": Outcome.DENIED, "broken": Outcome.TOOL_ERROR}
        await calls(product, owner, ends)
        await calls(product, owner, {"last": Outcome.OK}, conversation="v1/other")

        assert await tools(owner, outcome="denied") == ["no"]
        assert await tools(owner, outcome=["upstream_error", "tool_error", "failed"]) == ["broken", "down"]
        assert await tools(owner, kind="call") == ["last", "broken", "no", "down", "ok"]
        assert await tools(owner, conversation="v1/other") == ["last"]
        summary = decoded(await owner.browser.get(f"{LAB}/audit-summary"))
        assert (summary["calls"], summary["denied"], summary["failed"]) == (5, 1, 2)


async def test_members_see_their_own_calls_and_nobody_elses(product: Product) -> None:
    async with team(product, Role.MEMBER) as (owner, member):
        await calls(product, owner, {"theirs": Outcome.OK})
        await calls(product, member, {"own": Outcome.OK}, role=Role.MEMBER)

        assert await tools(member, kind="call") == ["own"]
        assert await tools(member, kind="call", person=owner.id) == ["own"]
        assert await tools(owner, kind="call") == ["own", "theirs"]
        theirs = (await listed(owner, tool="theirs"))[0]
        assert (await member.browser.get(f"{LAB}/audit/{theirs['id']}")).status_code == 404
        assert decoded(await owner.browser.get(f"{LAB}/audit/{theirs['id']}"))["arguments"] == ARGUMENTS.decode()


async def test_pages_follow_on_each_other(product: Product) -> None:
    async with team(product) as (owner,):
        await calls(product, owner, {f"tool-{number:02}": Outcome.OK for number in range(60)})

        first = decoded(await owner.browser.get(f"{LAB}/audit", params={"kind": "call"}))
        second = decoded(await owner.browser.get(f"{LAB}/audit", params={"kind": "call", "cursor": first["next_cursor"]}))
        assert [line["tool"] for line in first["items"] + second["items"]] == [
            f"tool-{number:02}" for number in reversed(range(60))
        ]
        assert second["next_cursor"] is None


async def calls(
    product: Product, person: Person, ends: dict[str, Outcome], *, role: Role = Role.OWNER, conversation: str | None = None
) -> None:
    """Write a call of each of these tools, with that end."""
    mine = (await person.browser.session())["workspaces"]
    actor = Actor(
        user_id=UserId(UUID(person.id)),
        user_name="P",
        user_email="p@example.com",
        workspace_id=WorkspaceId(UUID(next(workspace["id"] for workspace in mine if workspace["slug"] == "lab"))),
        role=role,
        permissions=PERMISSIONS[role],
        surface=Surface.MCP,
    )
    for tool, end in ends.items():
        request = CallRequest(
            id=CallId(new_id()),
            method="tools/call",
            name=tool,
            connection=None,
            params=msgspec.Raw(b"{}"),
            arguments=msgspec.Raw(ARGUMENTS),
            conversation_id=conversation,
        )
        with suppress(Forbidden, Unavailable), product.parts.audit.trail(actor, request) as trail:
            if end is Outcome.DENIED:
                raise Forbidden("no")
            if end is Outcome.FAILED:
                raise Unavailable("broken")
            trail.finish(CallResult(result=msgspec.Raw(b"{}"), is_error=end is Outcome.TOOL_ERROR))
    last = list(ends)[-1]
    async with asyncio.timeout(PATIENCE_S):
        while not any(line["tool"] == last and line["outcome"] for line in await listed(person, kind="call")):
            await asyncio.sleep(0.01)


async def listed(person: Person, /, **wanted: str | list[str]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = decoded(await person.browser.get(f"{LAB}/audit", params=wanted))["items"]
    return lines


async def tools(person: Person, /, **wanted: str | list[str]) -> list[str]:
    """Newest first."""
    return [line["tool"] for line in await listed(person, **wanted)]
