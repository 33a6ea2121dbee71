"""Looking for words that must not have been left anywhere: in any table of the product's database, in its log."""

import asyncpg

from conducktor.infra.embedded_postgres import running_dsn
from e2e.support.product import Product


async def tables_with(product: Product, word: str) -> list[str]:
    """The tables in which any value holds `word`, as text or as bytes."""
    dsn = running_dsn(product.data_dir / "postgres")
    assert dsn, "the embedded server does not run"
    connection = await asyncpg.connect(dsn)
    try:
        names = [
            row["tablename"] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        assert "audit_entries" in names
        return [name for name in names if await _occurs(connection, name, word)]
    finally:
        await connection.close()


async def _occurs(connection: "asyncpg.Connection", table: str, word: str) -> bool:
    # A row as text shows bytea as hexadecimal digits.
    statement = f'SELECT EXISTS (SELECT FROM "{table}" AS entry WHERE entry::text LIKE ANY ($1::text[]))'
    found: bool = await connection.fetchval(statement, [f"%{word}%", f"%{word.encode().hex()}%"])
    return found
