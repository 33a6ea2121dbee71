"""Time passes for what is stored: every moment of the slice's tables moves into the past."""

import asyncpg

from tests.product import Product
from tests.support.databases import execute

MOMENTS = {
    "oauth_clients": ("fresh_until", "created_at"),
    "consent_requests": ("created_at", "expires_at"),
    "authorization_codes": ("expires_at", "used_at"),
    "authorizations": ("created_at", "last_used_at", "expires_at", "revoked_at"),
    "tokens": ("issued_at", "expires_at", "revoked_at", "rotated_at"),
}


async def time_passes(product: Product, *, seconds: float, only: str | None = None) -> None:
    """For every table, or for one."""
    for table, columns in MOMENTS.items():
        if only not in (None, table):
            continue
        moved = ", ".join(f"{column} = {column} - make_interval(secs => $1)" for column in columns)
        await execute(product.parts.settings.database_url, f"UPDATE {table} SET {moved}", seconds)


async def live_refresh_tokens(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "SELECT t.id FROM tokens t JOIN authorizations a ON a.id = t.authorization_id "
            "WHERE t.kind = 'refresh' AND t.rotated_at IS NULL AND t.revoked_at IS NULL AND a.revoked_at IS NULL"
        )
    finally:
        await connection.close()
    return [str(row["id"]) for row in rows]
