"""What would be worth stealing is neither in the database nor in the log."""

import asyncpg
import pytest

from conducktor.edges.oauth_endpoints import BROWSER_COOKIE
from tests.oauth.app import App
from tests.product import Browser, Product


async def test_no_code_token_or_cookie_is_stored_or_logged(
    app: App, ada: Browser, product: Product, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    code = await app.code(ada, "lab")
    first = (await app.redeem(code)).json()
    second = await app.refreshed(first["refresh_token"])
    await app.call(second.access_token)
    await app.redeem(code)
    await app.refresh(first["refresh_token"])
    await app.ask(ada)
    secrets = [code, first["access_token"], first["refresh_token"], second.access_token, second.refresh_token]
    secrets += [ada.cookies[BROWSER_COOKIE], ada.session_cookie or "", app.verifier]

    written = await everything(product.parts.settings.database_url)
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    ]  # the test's own
    logged = "\n".join([*ours, *capfd.readouterr()])

    assert app.client_id in written
    assert "authorization.revoked" in logged
    assert [secret for secret in secrets if secret in written or secret in logged] == []


async def everything(database_url: str) -> str:
    """Every value of every table, as text; byte columns both as hex and as what they spell."""
    connection = await asyncpg.connect(database_url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for name in names for row in await connection.fetch(f'SELECT * FROM "{name["tablename"]}"')]
    finally:
        await connection.close()
    return "\n".join(v.decode("latin-1") + v.hex() if isinstance(v, bytes) else str(v) for row in rows for v in row.values())
