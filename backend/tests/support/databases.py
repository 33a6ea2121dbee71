"""Databases for tests, copied from a template on one real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg


@asynccontextmanager
async def copied(postgres: str, template: str) -> AsyncIterator[str]:
    """DSN of a fresh copy, which is gone afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    await execute(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield at(postgres, name)
    await execute(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


def at(dsn: str, database: str) -> str:
    """DSN of another database on the same server."""
    head, _, query = dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{query}" if query else "")


async def execute(dsn: str, statement: str, *arguments: object) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()
