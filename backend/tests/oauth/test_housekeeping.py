"""What has expired is forgotten; what lives, and what a thief might still use, is kept."""

import asyncpg

from conducktor.oauth.jobs import purge_expired
from tests.oauth.app import REDIRECT, App, error, registered
from tests.oauth.time_passes import time_passes
from tests.product import Browser, Product


async def test_what_has_expired_is_forgotten_and_what_lives_is_kept(app: App, ada: Browser, product: Product) -> None:
    context = product.parts.by_name()
    unused = await registered(app, "https://unused.example.com/cb")
    used = await registered(app, REDIRECT)
    client = App.of(app, used, REDIRECT)
    tokens = await client.tokens(ada, "lab")
    await client.request_id(ada)
    await time_passes(product, seconds=60 * 86_400)
    tokens = await client.refreshed(tokens.refresh_token)
    await time_passes(product, seconds=40 * 86_400)

    await purge_expired(context)
    await purge_expired(context)

    assert await clients(product) & {unused, used} == {used}
    tokens = await client.refreshed(tokens.refresh_token)
    assert await app.call(tokens.access_token) == 200
    await time_passes(product, seconds=98 * 86_400)
    await purge_expired(context)
    assert error(await client.refresh(tokens.refresh_token)) == "invalid_client"
    assert await count(product, "authorizations") == await count(product, "tokens") == 0
    assert await count(product, "authorization_codes") == await count(product, "consent_requests") == 0


async def clients(product: Product) -> set[str]:
    connection = await asyncpg.connect(product.parts.settings.database_url)
    try:
        return {row["client_id"] for row in await connection.fetch("SELECT client_id FROM oauth_clients")}
    finally:
        await connection.close()


async def count(product: Product, table: str) -> int:
    connection = await asyncpg.connect(product.parts.settings.database_url)
    try:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
        return found
    finally:
        await connection.close()
