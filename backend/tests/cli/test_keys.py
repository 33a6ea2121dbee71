"""A new key for stored secrets, while the product runs."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from conducktor.cli.keys import rotate
from conducktor.cli.sealed_columns import SEALED_COLUMNS
from conducktor.core.errors import Invalid
from conducktor.infra.encryption import StoredKey, StoredRing, add_key, key_file, load_key_ring
from conducktor.settings import Settings
from tests.connections.guarded import Guarded
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, begun, connected, sign_in
from tests.gateway.client import Client, text
from tests.product import Browser, Product, decoded, signed_up
from tests.support.rpc_server import result

EMPTY_HERE = ("result_sealed", "content_sealed")
"""Nothing was approved, and messages between processes are read at once."""


def _quiet(_line: str) -> None:
    """Nobody reads along."""


@pytest.fixture
async def tables(database_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_every_sealed_column_of_the_database_is_known(tables: "asyncpg.Connection[Any]") -> None:
    found = await tables.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name LIKE '%sealed%'"
    )
    assert {tuple(row) for row in found} == {(column.table, column.column) for column in SEALED_COLUMNS}


async def test_everything_is_stored_anew_while_calls_and_refreshes_go_on(
    product: Product, settings: Settings, tables: "asyncpg.Connection[Any]"
) -> None:
    async with Guarded(tool("take"), tool("put")) as service, await signed_up(product, "ada@example.com") as ada:
        service._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        await _fill(ada, service)
        async with await Client.authorized(product, ada, "lab") as client:
            await client.call("guarded_put", text="x")
            busy = asyncio.create_task(_keep_calling(client, service))
            done = await rotate(settings, _quiet)
            busy.cancel()
            calls = await asyncio.gather(busy, return_exceptions=True)
            assert isinstance(calls[0], asyncio.CancelledError)
            assert done > 5
            for column in SEALED_COLUMNS:
                rows = await tables.fetch(
                    f"SELECT {column.column} AS sealed FROM {column.table} WHERE {column.column} IS NOT NULL"
                )
                assert all(row["sealed"].startswith(b"k2.") for row in rows), column
                assert rows or column.column in EMPTY_HERE
            service.expire()
            assert text(await client.call("guarded_take", text="x")) == "taken"
        assert product.parts.key_ring.sealing_id == "k2"


async def test_a_value_opens_in_its_own_row_only(product: Product, settings: Settings, tables: "asyncpg.Connection[Any]") -> None:
    async with Guarded(tool("take"), tool("put")) as service, await signed_up(product, "ada@example.com") as ada:
        await _fill(ada, service)
        async with await Client.authorized(product, ada, "lab") as client:
            await client.call("guarded_put", text="x")
    for column in SEALED_COLUMNS:
        row = await tables.fetchrow(
            f"SELECT {column.binds} AS row, {column.column} AS sealed FROM {column.table}"
            f" WHERE {column.column} IS NOT NULL LIMIT 1"
        )
        if row is None:
            assert column.column in EMPTY_HERE
            continue
        product.parts.key_ring.open(row["sealed"], bound_to=column.bound_to(row["row"]))
        with pytest.raises(Invalid):
            product.parts.key_ring.open(row["sealed"], bound_to=column.bound_to(uuid4()))
        for other in SEALED_COLUMNS:
            if (other.prefix, other.binds) != (column.prefix, column.binds):
                with pytest.raises(Invalid):
                    product.parts.key_ring.open(row["sealed"], bound_to=other.bound_to(row["row"]))


async def test_a_rotation_that_was_stopped_goes_on_with_the_same_key(settings: Settings, product: Product) -> None:
    path = key_file(settings.data_dir)
    async with Guarded(tool("take"), tool("put")) as service, await signed_up(product, "ada@example.com") as ada:
        await _fill(ada, service)
        ring = msgspec.json.decode(path.read_bytes(), type=StoredRing)
        grown = msgspec.structs.replace(
            ring, encryption=(StoredKey("k2", b64encode(secrets.token_bytes(32)).decode()), *ring.encryption)
        )
        path.write_bytes(msgspec.json.encode(grown))  # as a rotation leaves it that died right after it began

        assert await rotate(settings, _quiet) > 5

    assert [key.id for key in msgspec.json.decode(path.read_bytes(), type=StoredRing).encryption] == ["k2", "k1"]


def test_a_process_opens_with_a_new_key_at_once_and_seals_with_it_soon(tmp_path: Path) -> None:
    running = load_key_ring("", tmp_path)
    add_key(key_file(tmp_path))
    other = load_key_ring("", tmp_path)

    assert running.sealing_id == "k1"
    assert running.open(other.seal(b"secret", bound_to=b"row"), bound_to=b"row") == b"secret"
    assert running.sealing_id == "k2"
    assert running.digest("x", b"y") == other.digest("x", b"y")
    assert key_file(tmp_path).stat().st_mode & 0o777 == 0o600


async def _fill(ada: Browser, service: Guarded) -> None:
    """Something in every column: a shared and an own sign-in, one under way, a channel, a question."""
    await connected(ada, service)
    assert await sign_in(ada, service) == "done"
    decoded(await ada.patch(f"{BASE}/connections/guarded", {"personal_for": ["destructive"]}))
    address = decoded(await ada.post(f"{BASE}/connections/guarded/own-account/sign-in", {}))["authorize_url"]
    back = service.authorize(address).removeprefix(ada.url)
    assert (await ada.get(back)).status_code == 303
    await begun(ada)
    channel = {"name": "Mail", "kind": "email", "topics": ["approvals"], "addresses": ["team@example.com"]}
    decoded(await ada.post(f"{BASE}/notices/channels", channel))
    wish = {"name": "Ask", "kind": "require_approval", "settings": {}, "what": {"tools": ["guarded_put"]}}
    decoded(await ada.post(f"{BASE}/policies", wish))


async def _keep_calling(client: Client, service: Guarded) -> None:
    while True:
        service.expire()
        assert text(await client.call("guarded_take", text="x")) == "taken"
