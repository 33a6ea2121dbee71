"""Access tokens are kept alive: one refresh at a time, and nothing lost when it fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from conducktor.connections import queries
from conducktor.connections.connection import Connection
from conducktor.connections.credential import seal
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.core.clock import utc_now
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change
from tests.connections.guarded import Guarded
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, connected, shown, sign_in
from tests.gateway.client import Client, text
from tests.product import Browser, Product, decoded, eventually, running_product, signed_up
from tests.support.rpc_server import result


@pytest.fixture
async def service() -> AsyncIterator[Guarded]:
    async with Guarded(tool("take"), tool("put")) as server:
        server._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        yield server


@pytest.fixture
async def ada(product: Product, service: Guarded) -> AsyncIterator[Browser]:
    """Signed in to the guarded service."""
    async with await signed_up(product, "ada@example.com") as browser:
        await connected(browser, service)
        assert await sign_in(browser, service) == "done"
        yield browser


@pytest.fixture
async def client(product: Product, ada: Browser) -> AsyncIterator[Client]:
    async with await Client.authorized(product, ada, "lab") as authorized:
        yield authorized


async def test_200_parallel_calls_with_an_expired_token_make_one_refresh(client: Client, service: Guarded) -> None:
    service.expire()

    results = await asyncio.gather(*(client.call("guarded_take", text=str(n)) for n in range(200)))

    assert [text(r) for r in results] == ["taken"] * 200
    assert service.refreshes == 1


async def test_two_processes_refresh_once_between_them(product: Product, client: Client, service: Guarded) -> None:
    async with running_product(product.parts.settings, process_index=1) as other, Browser(other.url) as browser:
        await browser.sign_in("ada@example.com")
        async with await Client.authorized(other, browser, "lab") as there:
            service.expire()
            results = await asyncio.gather(*(c.call("guarded_take", text="x") for _ in range(20) for c in (client, there)))

    assert [text(r) for r in results] == ["taken"] * 40
    assert service.refreshes == 1


async def test_a_token_is_renewed_before_it_ends(client: Client, service: Guarded, product: Product, ada: Browser) -> None:
    await _make_due(product, ada)

    assert text(await client.call("guarded_take", text="x")) == "taken"
    assert text(await client.call("guarded_take", text="x")) == "taken"

    assert service.refreshes == 1
    assert all(r.headers["authorization"] != "Bearer access-token-2" for r in service.received if _is_call(r.body))


async def test_while_the_authorization_server_is_away_the_old_token_is_used(
    client: Client, service: Guarded, product: Product, ada: Browser
) -> None:
    await _make_due(product, ada)
    service.is_away = True

    for _ in range(3):
        assert text(await client.call("guarded_take", text="x")) == "taken"

    assert len(service.exchanged) == 2
    assert (await shown(ada))["state"] == "ACTIVE"


async def test_rotated_refresh_tokens_are_never_lost(client: Client, service: Guarded) -> None:
    for n in range(1, 6):
        service.expire()
        assert text(await client.call("guarded_take", text="x")) == "taken"
        assert service.refreshes == n


async def test_a_token_that_another_process_stored_and_that_has_ended_too_is_renewed(
    client: Client, service: Guarded, product: Product, ada: Browser
) -> None:
    assert text(await client.call("guarded_take", text="x")) == "taken"
    service.expire()
    row = await _row(product, ada)
    async with product.parts.database.transaction() as tx:  # and the news of it has not arrived yet
        stored = msgspec.structs.replace(row, credential_sealed=seal(product.parts.key_ring, row.id, "access-token-of-another"))
        await queries.save(tx, row.workspace_id, stored)

    assert text(await client.call("guarded_take", text="x")) == "taken"

    assert service.refreshes == 1


async def test_a_service_that_refuses_every_token_is_asked_a_few_times_only(client: Client, service: Guarded) -> None:
    service.accepts_none = True

    refused = await client.call("guarded_take", text="x")

    assert "asked for sign-in again" in text(refused)
    assert service.refreshes <= 2
    assert sum(_is_call(r.body) for r in service.received) <= 3


async def test_a_refused_refresh_asks_to_sign_in_and_touches_nothing_else(client: Client, service: Guarded, ada: Browser) -> None:
    async with Guarded(tool("other")) as other:
        await connected(ada, other, "other")
        await sign_in(ada, other, "other")
        service.expire()
        service.refreshable.clear()

        refused = await client.call("guarded_take", text="x")
        again = await client.call("guarded_take", text="x")

        assert refused["isError"]
        assert "waits for somebody to sign in" in text(refused)
        assert text(again) == text(refused)
        assert service.refreshes == 1
        view = await shown(ada)
        assert (view["state"], view["fault"], view["has_secret"]) == ("ERROR", "needs_sign_in", False)
        (line,) = decoded(await ada.get(f"{BASE}/audit", params={"tool": "connections.sign_in_ended"}))["items"]
        assert (line["person"], line["connection"]) == ("Ada", None)
        assert (await shown(ada, "other"))["state"] == "ACTIVE"
        assert {t["connection"] for t in decoded(await ada.get(f"{BASE}/tools"))["items"]} == {"guarded", "other"}

        assert await sign_in(ada, service) == "done"
        assert text(await client.call("guarded_take", text="x")) == "taken"


async def test_a_process_that_died_in_a_refresh_leaves_a_connection_that_asks_to_sign_in(
    client: Client, service: Guarded, product: Product, ada: Browser
) -> None:
    """The server rotated, we did not store: the old token is refused, once."""
    service.expire()
    service.refreshable = {"refresh-token-that-nobody-stored"}

    await asyncio.gather(*(client.call("guarded_take", text="x") for _ in range(10)))
    await product.parts.discovery.check(*await _ids(product, ada))
    await product.parts.discovery.check(*await _ids(product, ada))

    assert service.refreshes == 1
    assert (await shown(ada))["fault"] == "needs_sign_in"


async def test_the_claim_of_a_process_that_died_ends_by_itself(
    client: Client, service: Guarded, product: Product, ada: Browser
) -> None:
    service.expire()
    workspace_id, connection_id = await _ids(product, ada)
    async with product.parts.database.transaction() as tx:
        assert await sign_ins.claim(tx, workspace_id, connection_id, utc_now(), timedelta(seconds=0.5))

    assert text(await client.call("guarded_take", text="x")) == "taken"

    assert service.refreshes == 1


async def test_a_grant_that_can_not_be_opened_asks_to_sign_in_each_time_at_once(
    client: Client, service: Guarded, product: Product, ada: Browser
) -> None:
    """The key ring lacks its key: nothing is deleted, so that it works again with the right one."""
    sealed = product.parts.key_ring.seal(b"{}", bound_to=b"elsewhere")
    async with product.parts.database.transaction() as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql(f"UPDATE connection_sign_ins SET grant_sealed = '\\x{sealed.hex()}'")
    service.expire()

    async with asyncio.timeout(20):
        for _ in range(2):
            assert "somebody to sign in" in text(await client.call("guarded_take", text="x"))
        await product.parts.discovery.check(*await _ids(product, ada))

    assert (await shown(ada))["fault"] == "needs_sign_in"
    async with product.parts.database.transaction() as tx:
        record = await sign_ins.get(tx, *await _ids(product, ada))
    assert record
    assert record.grant_sealed == sealed


async def test_a_token_that_comes_after_its_connection_was_removed_is_revoked_too(
    client: Client, service: Guarded, ada: Browser
) -> None:
    service.expire()
    service.may_answer.clear()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(client.call("guarded_take", text="x"))
        await eventually(lambda: service.refreshes == 1)
        assert (await ada.delete(f"{BASE}/connections/guarded")).status_code == 204
        service.may_answer.set()

    assert call.result()["isError"] is True
    (came_late,) = service.refreshable
    assert service.revoked[-1] == came_late


async def test_a_check_renews_too(service: Guarded, product: Product, ada: Browser) -> None:
    service.expire()

    await product.parts.discovery.check(*await _ids(product, ada))

    assert service.refreshes == 1
    assert (await shown(ada))["state"] == "ACTIVE"


async def test_no_token_is_stored_or_shown_in_clear(service: Guarded, product: Product, ada: Browser) -> None:
    async with product.parts.database.transaction() as tx:
        connection = await tx.session.connection()
        for table in ("connections", "connection_sign_ins", "connection_sign_in_attempts", "audit_entries"):
            rows = (await connection.exec_driver_sql(f"SELECT t::text, * FROM {table} t")).all()
            assert not any(secret in repr(row) for row in rows for secret in ("access-token", "refresh-token", "code-1"))


async def test_the_credential_of_another_row_does_not_open(service: Guarded, product: Product, ada: Browser) -> None:
    async with Guarded(tool("other")) as other:
        await connected(ada, other, "other")
        await sign_in(ada, other, "other")
        async with product.parts.database.transaction() as tx:
            connection = await tx.session.connection()
            await connection.exec_driver_sql(
                "UPDATE connections SET credential_sealed = (SELECT credential_sealed FROM connections WHERE name = 'other')"
                " WHERE name = 'guarded'"
            )
        await product.parts.discovery.check(*await _ids(product, ada))

        assert (await shown(ada))["fault"] == "unreadable_credential"
        assert all("access-token" not in r.headers.get("authorization", "") for r in other.received if r.path != "/mcp")


async def test_with_a_key_that_is_missing_a_person_can_sign_in_again_and_remove_the_connection(
    service: Guarded, product: Product, ada: Browser
) -> None:
    async def lose_the_key() -> None:
        async with product.parts.database.transaction() as tx:
            connection = await tx.session.connection()
            for column in ("client_sealed", "grant_sealed"):
                await connection.exec_driver_sql(f"UPDATE connection_sign_ins SET {column} = 'k9.' || substr({column}, 4)")

    await lose_the_key()
    assert await sign_in(ada, service) == "done"
    assert (await shown(ada))["state"] == "ACTIVE"

    await lose_the_key()
    decoded(await ada.delete(f"{BASE}/connections/guarded"))


async def _ids(product: Product, browser: Browser) -> tuple[WorkspaceId, ConnectionId]:
    connection = await _row(product, browser)
    return connection.workspace_id, connection.id


async def _row(product: Product, browser: Browser) -> Connection:
    workspace_id = WorkspaceId(msgspec.convert((await browser.session())["workspaces"][0]["id"], WorkspaceId))
    async with product.parts.database.transaction() as tx:
        connection = await queries.get(tx, workspace_id, "guarded")
    assert connection is not None
    return connection


async def _make_due(product: Product, browser: Browser) -> None:
    """As if most of the token's life had passed."""
    row = await _row(product, browser)
    heard: list[Change] = []
    product.parts.changes.subscribe(heard.append)
    async with product.parts.database.transaction() as tx:
        due = msgspec.structs.replace(row, renew_after=utc_now() - timedelta(seconds=1))
        await queries.save(tx, row.workspace_id, due)
        await tx.announce(Change(topic="connections", workspace_id=row.workspace_id, id=str(row.id)))
    await eventually(lambda: any(change.id == str(row.id) for change in heard))


def _is_call(body: bytes) -> bool:
    return b'"tools/call"' in body
