"""`conducktor keys rotate`: a new key for stored secrets, while calls and refreshes go on.

The new key comes first in the key file; every process opens with it at once and seals with it within a second. Then all that
was sealed with another one is stored anew, in batches, each value only if it is still the one that was read. What is done is
recognised by its key's id, so a second run goes on where the first was stopped.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from conducktor.cli.sealed_columns import SEALED_COLUMNS, SealedColumn
from conducktor.core.errors import Invalid
from conducktor.infra.database import Database
from conducktor.infra.encryption import LOOK_AGAIN_S, KeyRing, add_key, key_file, load_key_ring
from conducktor.settings import Settings

BATCH = 200
SURE_AFTER_S = 2 * LOOK_AGAIN_S
"""After that no process seals with the former key any more."""

Tell = Callable[[str], object]


async def rotate(settings: Settings, tell: Tell) -> int:
    """How many values were stored anew. Raises Invalid, Unavailable; run again, it goes on."""
    database = Database(settings.database_url)
    connection = await database.connect()
    try:
        key_ring = load_key_ring(settings.keys, settings.data_dir)
        tell(f"Storing anew what is not sealed with the key {key_ring.sealing_id}.")
        done = await _all(connection, key_ring, tell)
        if not done and not settings.keys:  # nothing was left of an earlier run
            tell(f"The new key is {add_key(key_file(settings.data_dir))}.")
            key_ring = load_key_ring("", settings.data_dir)
            done = await _all(connection, key_ring, tell)
        await asyncio.sleep(SURE_AFTER_S)
        done += await _all(connection, key_ring, tell)
    finally:
        await connection.close()
        await database.close()
    tell(f"{done} secrets are stored anew. Keep the former keys for an hour more: links and requests under way use them.")
    return done


async def _all(connection: Any, key_ring: KeyRing, tell: Tell) -> int:
    total = 0
    for column in SEALED_COLUMNS:
        if done := await _store_anew(connection, key_ring, column, tell):
            tell(f"{column.table}.{column.column}: {done}")
            total += done
    return total


async def _store_anew(connection: Any, key_ring: KeyRing, column: SealedColumn, tell: Tell) -> int:
    """Names in the statements come from our own list, never from outside."""
    done, last = 0, UUID(int=0)
    table, name = column.table, column.column
    is_old = f"{name} IS NOT NULL AND substring({name} FROM 1 FOR length($1::bytea)) <> $1::bytea"
    wanted = f"SELECT id, {column.binds} AS row, {name} AS sealed FROM {table} WHERE {is_old} AND id > $2 ORDER BY id LIMIT $3"  # noqa: S608
    store = f"UPDATE {table} SET {name} = $1 WHERE id = $2 AND {name} = $3"  # noqa: S608
    while rows := await connection.fetch(wanted, key_ring.sealing_id.encode() + b".", last, BATCH):
        last = rows[-1]["id"]
        anew = []
        for row in rows:
            try:
                opened = key_ring.open(row["sealed"], bound_to=column.bound_to(row["row"]))
            except Invalid as error:
                tell(f"{column.table} {row['id']}: {error.detail}")
                continue
            anew.append((key_ring.seal(opened, bound_to=column.bound_to(row["row"])), row["id"], row["sealed"]))
        async with connection.transaction():
            await connection.executemany(store, anew)
        done += len(anew)
    return done
