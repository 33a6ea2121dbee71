"""What workspaces and operators add to the gallery, and hide of it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from conducktor.connections.catalog.library import Catalog
from conducktor.connections.own_accounts import queries as own_accounts
from conducktor.core.errors import ConducktorError, Invalid, NotFound
from conducktor.settings import Settings
from tests.connections.conftest import Desk
from tests.connections.shelf import Shelf
from tests.support.raw_server import RawServer, Received, answer


def document(name: str = "com.example/notes", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "title": "Notes",
        "description": "Keep notes.",
        "version": "1.0.0",
        "remotes": [{"type": "streamable-http", "url": "https://mcp.example.com/mcp"}],
    } | more


@pytest.fixture
async def library() -> AsyncIterator[RawServer]:
    """Answers with whatever a test puts into `server.said`."""

    async def script(_received: Received, writer: Any) -> None:
        writer.write(said[0])

    said = [b""]
    async with RawServer(script) as server:
        server.said = said  # type: ignore[attr-defined]
        yield server


def say(server: RawServer, body: object, status: str = "200 OK") -> None:
    server.said[0] = answer(json.dumps(body).encode(), status)  # type: ignore[attr-defined]


async def gallery(desk: Desk) -> dict[str, Any]:
    return {entry.id: entry for entry in (await desk.run("catalog.list")).items}


async def test_an_imported_service_stands_in_the_gallery_and_can_be_connected(
    desk: Desk, other_desk: Desk, shelf: Shelf, library: RawServer
) -> None:
    header = {"name": "X-Key", "value": "{key}", "variables": {"key": {"isSecret": True}}}
    remotes = [{"type": "streamable-http", "url": shelf.url, "headers": [header]}]
    say(library, {"server": document(remotes=remotes, websiteUrl="javascript:alert(1)"), "_meta": {}})

    report = await desk.run("catalog.import", url=library.url)
    entry = (await gallery(desk))["com.example.notes"]
    made = await desk.run("connections.create", service="com.example.notes", secret="the-key-of-notes")

    assert [(one.id, one.title) for one in report.imported] == [("com.example.notes", "Notes")]
    assert (entry.origin, entry.needs, entry.imported_by, entry.source) == ("imported", "key", "Ada", library.url)
    assert (entry.is_official, entry.homepage, entry.category) == (False, None, "Other")
    assert (made.state, made.header_name) == ("ACTIVE", "X-Key")
    assert shelf.received[-1].headers["x-key"] == "the-key-of-notes"
    assert "com.example.notes" not in await gallery(other_desk)


async def test_keys_of_an_imported_service_go_out_as_it_wants_them_also_when_it_is_hidden_now(
    desk: Desk, shelf: Shelf, library: RawServer
) -> None:
    header = {"name": "X-Key", "value": "Token {key}", "variables": {"key": {"isSecret": True}}}
    remotes = [{"type": "streamable-http", "url": shelf.url, "headers": [header]}]
    say(library, {"server": document(remotes=remotes), "_meta": {}})
    await desk.run("catalog.import", url=library.url)
    made = await desk.run("connections.create", service="com.example.notes", secret="of-all")
    await desk.run("catalog.set_visibility", service="com.example.notes", is_hidden=True)

    await desk.run("connections.update", name=made.name, secret="of-all-anew")
    assert shelf.received[-1].headers["x-key"] == "Token of-all-anew"

    await desk.run("connections.update", name=made.name, personal_for=["write"])
    await desk.run("connections.enter_own_key", name=made.name, secret="the-key-of-ada")
    async with desk.parts.database.transaction() as tx:
        account = await own_accounts.get(tx, desk.actor.workspace_id, made.id, desk.actor.user_id)
    assert account
    assert account.secret(desk.parts.key_ring) == "Token the-key-of-ada"


async def test_a_page_of_a_registry_is_imported_and_one_bad_server_does_not_cost_the_others(desk: Desk) -> None:
    page = {
        "servers": [
            {"server": document("com.example/a")},
            {"server": document("com.example/b", remotes=[], packages=[{}])},
            document("com.example/c", description="Innocent\u200btext"),
            {"server": {"name": "no"}},
        ],
        "metadata": {"nextCursor": "x"},
    }

    report = await desk.run("catalog.import", document=json.dumps(page), file_name="page.json")

    assert [one.id for one in report.imported] == ["com.example.a"]
    reasons = {one.name: one.reason for one in report.refused}
    assert "installed as a program" in reasons["com.example/b"]
    assert "cannot see" in reasons["com.example/c"]
    assert "server.json" in reasons["no"]


async def test_nothing_that_is_imported_replaces_a_service_of_ours(desk: Desk) -> None:
    ours = document("dev.conducktor.catalog/github", title="Git Hub")
    await desk.run("catalog.import", document=json.dumps(ours))

    entries = await gallery(desk)
    assert entries["github"].title == "GitHub"
    assert entries["github"].addresses[0].url == "https://api.githubcopilot.com/mcp/"
    assert entries["dev.conducktor.catalog.github"].origin == "imported"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"document": "not JSON"},
        {"document": "[]"},
        {"document": '{"servers": []}'},
        {"document": "x" * 3_000_000},
        {"document": '{"servers": [' + ",".join(["{}"] * 201) + "]}"},
        {"url": "https://169.254.169.254/latest/meta-data"},
        {"url": "file:///etc/passwd"},
        {"url": "http://10.0.0.1/server.json"},
    ],
)
async def test_what_cannot_be_imported_is_refused_in_words(desk: Desk, given: dict[str, Any]) -> None:
    with pytest.raises(ConducktorError) as refusal:
        await desk.run("catalog.import", **given)
    assert isinstance(refusal.value, Invalid)


async def test_a_document_that_has_moved_or_is_missing_is_said(desk: Desk, library: RawServer) -> None:
    for status in ("302 Found", "404 Not Found"):
        say(library, {}, status)
        with pytest.raises(Invalid) as refusal:
            await desk.run("catalog.import", url=library.url)
        assert refusal.value.facts["errors"].keys() == {"url"}


async def test_a_hidden_service_is_not_connected_until_it_is_shown_again(desk: Desk, other_desk: Desk) -> None:
    await desk.run("catalog.set_visibility", service="zapier", is_hidden=True)

    assert (await gallery(desk))["zapier"].is_hidden
    assert not (await gallery(other_desk))["zapier"].is_hidden
    with pytest.raises(Invalid):
        await desk.run("connections.create", service="zapier")
    await desk.run("catalog.set_visibility", service="zapier", is_hidden=False)
    assert not (await gallery(desk))["zapier"].is_hidden
    with pytest.raises(NotFound):
        await desk.run("catalog.set_visibility", service="never-was", is_hidden=True)


async def test_an_imported_service_can_be_removed_and_one_of_ours_cannot(desk: Desk) -> None:
    await desk.run("catalog.import", document=json.dumps(document()))
    await desk.run("catalog.remove", service="com.example.notes")

    assert "com.example.notes" not in await gallery(desk)
    with pytest.raises(NotFound):
        await desk.run("catalog.remove", service="github")


def test_the_operator_adds_and_hides_services(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document("com.example/intern")))
    (tmp_path / "b.json").write_text(json.dumps({"servers": [document("com.example/wiki"), document("com.example/crm")]}))

    catalog = Catalog(Settings(catalog=tmp_path, catalog_hide=("zapier", "com.example.crm")))

    assert {entry.id for entry in catalog.entries if entry.origin == "operator"} == {"com.example.intern", "com.example.wiki"}
    assert not catalog.knows("zapier")


def test_an_unusable_file_of_the_operator_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"name": "x"}')

    for path in (tmp_path, tmp_path / "broken.json", tmp_path / "missing.json"):
        with pytest.raises(Invalid, match="CONDUCKTOR_CATALOG"):
            Catalog(Settings(catalog=path))
