"""What the gateway serves from: exact names, side-by-side upstreams, and changes that arrive everywhere."""

import asyncio
import json

from sqlalchemy import select, update

from conducktor.connections.models import ConnectionRow
from conducktor.connections.toolbox import Toolbox
from conducktor.connections.toolboxes import Toolboxes
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database
from tests.connections.conftest import Desk
from tests.connections.shelf import Shelf, tool
from tests.product import eventually
from tests.support.promptly import PATIENCE_S, PROMPTLY_S

KEY = "the-key-of-the-shelf"


async def test_only_the_exact_name_leads_to_a_tool(desk: Desk) -> None:
    async with Shelf(tool("Delete_File")) as server:
        await desk.connect(server, "a")
        tools = (await desk.toolbox()).tools

    assert list(tools) == ["a_Delete_File"]
    for attempt in (
        "a_delete_file",
        "a_Delete_File ",
        "a_Delete_File\n",
        "a_Delete\u200d_File",
        "a__Delete_File",
        "ａ_Delete_File",
    ):
        assert attempt not in tools


async def test_two_connections_with_the_same_tool_have_one_owner_each(desk: Desk, shelf: Shelf) -> None:
    async with Shelf(tool("b_take")) as tricky:
        await desk.connect(shelf, "a-b")
        await desk.connect(tricky, "a")
        tools = (await desk.toolbox()).tools

    assert {name: t.connection.name for name, t in tools.items()} == {"a-b_take": "a-b", "a-b_put": "a-b", "a_b_take": "a"}


async def test_the_endpoint_carries_the_key_of_its_own_connection_only(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf, "with-key", secret=KEY)
    await desk.connect(shelf, "without")
    connections = (await desk.toolbox()).connections

    assert connections["with-key"].endpoint.headers == (("Authorization", f"Bearer {KEY}"),)
    assert connections["without"].endpoint.headers == ()


async def test_a_key_that_was_copied_from_another_row_opens_nothing(desk: Desk, other_desk: Desk, shelf: Shelf) -> None:
    """Attack catalogue C9."""
    await desk.connect(shelf, secret=KEY)
    thief = await other_desk.connect(shelf, secret="other-key")
    async with desk.parts.database.transaction() as tx:
        stolen = await tx.session.scalar(select(ConnectionRow.credential_sealed).where(ConnectionRow.id != thief.id))
        await tx.session.execute(update(ConnectionRow).where(ConnectionRow.id == thief.id).values(credential_sealed=stolen))
    asked = len(shelf.received)

    report = await other_desk.run("connections.test", name="shelf")

    assert report.connection.fault == "unreadable_credential"
    assert (await other_desk.toolbox()).connections == {}
    assert len(shelf.received) == asked


async def test_resources_and_prompts_of_two_servers_stand_side_by_side(desk: Desk) -> None:
    async with Shelf() as first, Shelf() as second:
        for server in (first, second):
            server.resources = [
                {"uri": "ui://card", "name": "card", "x-unknown": 1},
                {"uri": f"own://{server.port}", "name": "own"},
            ]
            server.templates = [{"uriTemplate": f"own://{server.port}/{{id}}", "name": "t"}]
            server.prompts = [{"name": "ask", "arguments": []}]
        await desk.connect(second, "zz")
        await desk.connect(first, "aa")
        box = await desk.toolbox()

    assert box.resources["ui://card"].connection.name == "zz"  # whoever was connected first keeps the address
    aliased = box.plain_resources["aa", "ui://card"]
    assert box.resources[aliased.uri] is aliased
    assert aliased.upstream_uri == "ui://card"
    assert json.loads(aliased.listed) == {"uri": aliased.uri, "name": "card", "x-unknown": 1}
    assert json.loads(aliased.listed_plain)["uri"] == "ui://card"
    assert sorted(box.prompts) == ["aa_ask", "zz_ask"]
    assert json.loads(box.prompts["aa_ask"].listed)["name"] == "aa_ask"
    assert [t.connection.name for t in box.templates] == ["zz", "aa"]


async def test_the_version_changes_with_what_is_listed_and_only_then(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    first = await desk.toolbox()
    await desk.run("connections.update", name="shelf", title="Renamed")
    renamed = await _changed(desk, first)
    shelf.tools.append(tool("more"))
    await desk.run("connections.test", name="shelf")
    more = await _changed(desk, renamed)

    assert first.version == renamed.version != more.version


async def test_a_change_is_heard_in_other_processes_too(desk: Desk, shelf: Shelf, database: Database) -> None:
    feed = ChangeFeed(database)
    await feed.start()
    try:
        await eventually(lambda: feed.is_live)
        elsewhere = Toolboxes(database, feed, desk.parts.key_ring)
        assert (await elsewhere.of(desk.actor.workspace_id)).tools == {}

        await desk.connect(shelf)

        async with asyncio.timeout(PROMPTLY_S):
            while not (await elsewhere.of(desk.actor.workspace_id)).tools:
                await asyncio.sleep(0.01)
    finally:
        await feed.stop()


async def test_it_is_read_once_and_then_kept(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)

    async with asyncio.timeout(PATIENCE_S):  # until the announcements of the new connection have arrived
        while (kept := await desk.toolbox()) is not await desk.toolbox():
            await asyncio.sleep(0.01)
    await desk.connect(shelf, "second")
    assert "second" in (await _changed(desk, kept)).connections


async def _changed(desk: Desk, before: Toolbox) -> Toolbox:
    """The next toolbox: a change arrives a moment after the commit."""
    async with asyncio.timeout(PATIENCE_S):
        while (now := await desk.toolbox()) is before:
            await asyncio.sleep(0.01)
    return now
