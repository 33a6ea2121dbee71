"""Making, changing and removing connections."""

import asyncio

import pytest
from sqlalchemy import text

from conducktor.connections.catalog.library import SANDBOX
from conducktor.connections.lifecycle import Lifecycle
from conducktor.connections.operations import create_connection
from conducktor.connections.states import Auth, ConnectionState
from conducktor.core.actor import Surface
from conducktor.core.errors import Conflict, Invalid, NotFound
from tests.connections.conftest import Desk
from tests.connections.shelf import Shelf, tool
from tests.support.promptly import PROMPTLY_S
from tests.support.raw_server import answer
from tests.support.rpc_server import hang

KEY = "the-key-of-the-shelf"


async def test_a_new_connection_is_active_at_once_with_prefixed_tools(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf, "linear-prod")

    assert made.state is ConnectionState.ACTIVE
    assert made.protocol_version == "2025-11-25"
    assert made.tools.active == 2
    assert [t["name"] for t in await desk.listed()] == ["linear-prod_put", "linear-prod_take"]


async def test_a_connection_shows_what_its_server_says_of_itself(desk: Desk, shelf: Shelf) -> None:
    shelf.resources = [{"uri": "shelf://a", "name": "a", "title": "An\u200b A"}]
    await desk.connect(shelf)

    detail = await desk.run("connections.get", name="shelf")
    assert (detail.server_name, detail.server_version, detail.instructions) == ("The shelf", "7", "Take what you need.")
    assert [(o.key, o.title) for o in detail.offers] == [("shelf://a", "An⟨U+200B⟩ A")]


async def test_a_key_is_sent_to_the_server_and_never_shown_again(desk: Desk, shelf: Shelf) -> None:
    shelf.token = KEY
    made = await desk.connect(shelf, secret=f"  {KEY}\n")
    shown = [made, await desk.run("connections.list"), await desk.run("connections.get", name="shelf")]

    assert made.state is ConnectionState.ACTIVE
    assert made.auth is Auth.BEARER
    assert made.has_secret
    assert KEY not in repr(shown)
    assert KEY not in await _whole_database(desk)


async def test_a_key_in_a_header_of_ones_choice(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf, auth="header", header_name="X-Api-Key", secret=KEY)

    assert all(r.headers["x-api-key"] == KEY for r in shelf.received)


async def test_a_user_name_with_its_password(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf, auth="basic", secret="ada:open-sesame")

    assert (made.auth, made.header_name) == (Auth.BASIC, None)
    assert shelf.received[-1].headers["authorization"] == "Basic YWRhOm9wZW4tc2VzYW1l"


async def test_a_key_in_the_address_is_never_part_of_the_address_that_is_shown(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf, auth="query", header_name="api_key", secret="the key&more")

    assert made.state is ConnectionState.ACTIVE
    assert made.url == shelf.url
    assert {received.path for received in shelf.received} == {"/mcp?api_key=the%20key%26more"}


async def test_a_server_that_wants_a_key_says_so_in_plain_words(desk: Desk, shelf: Shelf) -> None:
    shelf.token = KEY
    made = await desk.connect(shelf)

    assert made.state is ConnectionState.ERROR
    assert made.fault == "sign_in_again"
    assert "401" in made.reason
    assert made.next_step


async def test_an_agent_leaves_the_key_to_a_person(desk: Desk, shelf: Shelf) -> None:
    made = await desk.through(Surface.MCP).connect(shelf, auth="bearer")
    assert (made.state, made.fault) == (ConnectionState.ERROR, "no_credential")
    assert shelf.received == []

    changed = await desk.run("connections.update", name="shelf", secret=KEY)
    assert changed.state is ConnectionState.ACTIVE


async def test_a_refused_wish_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(Invalid, match="Did you mean linear"):
        await desk.run("connections.create", service="linaer")

    assert (await desk.run("connections.list")).items == []


async def test_a_name_is_taken_only_once_in_a_workspace(desk: Desk, other_desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)

    with pytest.raises(Conflict):
        await desk.connect(shelf)
    assert (await other_desk.connect(shelf)).name == "shelf"


async def test_of_two_who_take_a_name_at_once_one_gets_it(desk: Desk, shelf: Shelf) -> None:
    outcomes = await asyncio.gather(*(desk.connect(shelf) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert len((await desk.run("connections.list")).items) == 1


async def test_without_a_name_a_free_one_is_found(desk: Desk, shelf: Shelf) -> None:
    names = [(await desk.run("connections.create", url=shelf.url)).name for _ in range(2)]

    assert names == ["server", "server-2"]


async def test_a_disabled_connection_offers_nothing_until_it_is_enabled(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)

    off = await desk.run("connections.update", name="shelf", is_enabled=False)
    assert (off.state, off.reason) == (ConnectionState.DISABLED, "Ada disabled it.")
    assert await desk.listed() == []
    with pytest.raises(Conflict):
        await desk.run("connections.test", name="shelf")

    on = await desk.run("connections.update", name="shelf", is_enabled=True)
    assert on.state is ConnectionState.ACTIVE
    assert len(await desk.listed()) == 2


async def test_a_key_never_follows_the_address_to_another_server(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf, secret=KEY)

    async with Shelf(tool("steal")) as elsewhere:
        with pytest.raises(Invalid) as refusal:
            await desk.run("connections.update", name="shelf", url=elsewhere.url)
        assert "secret" in refusal.value.facts["errors"]
        assert elsewhere.received == []

        moved = await desk.run("connections.update", name="shelf", url=elsewhere.url, secret="another-key")
        assert moved.state is ConnectionState.ACTIVE
        assert KEY not in repr(elsewhere.received)
    assert [t["name"] for t in await desk.listed()] == ["shelf_steal"]


async def test_a_new_title_asks_the_server_nothing(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    asked = len(shelf.received)

    changed = await desk.run("connections.update", name="shelf", title=" My  shelf ")
    assert changed.title == "My shelf"
    assert len(shelf.received) == asked


async def test_a_connection_without_a_key_lets_go_of_the_old_one(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf, secret=KEY)

    changed = await desk.run("connections.update", name="shelf", auth="none")
    assert not changed.has_secret
    assert "authorization" not in shelf.received[-1].headers


async def test_a_removed_connection_takes_its_tools_along(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    await desk.toolbox()

    await desk.run("connections.delete", name="shelf")

    async with asyncio.timeout(PROMPTLY_S):
        while await desk.listed():
            await asyncio.sleep(0.01)
    with pytest.raises(NotFound):
        await desk.run("connections.get", name="shelf")
    assert (await desk.connect(shelf)).state is ConnectionState.ACTIVE


async def test_another_workspace_sees_and_changes_nothing(desk: Desk, other_desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    found = (await desk.tools())["take"]

    assert (await other_desk.run("connections.list")).items == []
    assert await other_desk.listed() == []
    for operation in ("get", "health", "tools", "test", "delete"):
        with pytest.raises(NotFound):
            await other_desk.run(f"connections.{operation}", name="shelf")
    with pytest.raises(NotFound):
        await other_desk.run("connections.update", name="shelf", title="mine")
    with pytest.raises(NotFound):
        await other_desk.run("tools.classify", tool_id=str(found.id), operation_class="read")
    with pytest.raises(NotFound):
        await other_desk.run("tools.accept", tool_id=str(found.id), definition_hash=found.definition_hash)


async def test_a_slow_server_does_not_keep_the_person_waiting_for_long(desk: Desk, shelf: Shelf) -> None:
    parts = desk.parts
    impatient = Lifecycle(
        parts.keeping,
        parts.connectable,
        parts.discovery,
        mcp=parts.mcp,
        sign_ins=parts.sign_ins,
        doorbell=parts.doorbell,
        first_answer_within_s=0.2,
    )
    shelf.broken = hang
    wish = create_connection.data_type(name="shelf", url=shelf.url)

    made = await asyncio.wait_for(
        create_connection.function(desk.actor, wish, connection_lifecycle=impatient, database=parts.database), 5
    )

    assert made.state is ConnectionState.PENDING
    assert await desk.listed() == []
    assert await parts.doorbell.queue.job(f"discover:{made.id}") is not None


async def test_the_gallery_offers_what_can_be_connected_now(desk: Desk) -> None:
    gallery = await desk.run("catalog.list")
    entries = {entry.id: entry for entry in gallery.items}

    assert gallery.total == 183
    assert sum(gallery.categories.values()) == 183
    assert SANDBOX not in gallery.categories
    assert entries["notion"].needs == "sign_in"
    assert entries["notion"].auth_options == [Auth.OAUTH]
    assert set(entries["linear"].auth_options) == {Auth.OAUTH, Auth.BEARER}
    assert entries["deepwiki"].needs == "nothing"
    assert entries["pagerduty"].key_names == {"header": "Authorization"}
    assert gallery.redirect_uri.endswith("/oauth/connections/callback")
    assert all(entry.is_available == bool(entry.auth_options) for entry in entries.values())


async def test_a_suggested_name_is_free(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf, "linear")

    entry = (await desk.run("catalog.list", search="linear")).items[0]
    assert entry.suggested_name == "linear-2"


async def test_a_broken_reply_at_first_is_told_with_advice(desk: Desk, shelf: Shelf) -> None:
    shelf.broken = answer(b"<html>hello</html>", headers=("Content-Type: text/html",))

    made = await desk.connect(shelf)

    assert (made.state, made.fault) == (ConnectionState.ERROR, "broken_reply")
    assert "web page" in made.next_step


async def _whole_database(desk: Desk) -> str:
    async with desk.parts.database.transaction() as tx:
        tables = await tx.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        rows = [(await tx.session.execute(text(f'SELECT t::text FROM "{table}" t'))).scalars().all() for table in tables]
    return repr(rows)
