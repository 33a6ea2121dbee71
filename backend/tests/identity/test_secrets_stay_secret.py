import logging
import re
from base64 import urlsafe_b64decode

import asyncpg
import msgspec
import pytest

from conducktor.settings import Settings
from tests.product import Browser, decoded, eventually, running_product
from tests.support.mail_server import mail_server

OLD_PASSWORD = "canary-old-b5d1f0c2"
NEW_PASSWORD = "canary-new-77aa10e9"


async def test_no_password_cookie_or_mailed_token_is_in_the_log_or_readable_in_the_database(
    settings: Settings, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpcore")  # the test's own browser, which prints its headers
    secrets = {OLD_PASSWORD, NEW_PASSWORD}
    async with mail_server() as mail:
        with_mail = msgspec.structs.replace(settings, smtp_url=mail.url, worker="in-process")
        async with running_product(with_mail) as product, Browser(product.url) as ada, Browser(product.url) as bob:
            form = {"name": "Ada", "email": "ada@example.com", "password": OLD_PASSWORD, "workspace_name": "Lab"}
            decoded(await ada.post("/api/sign-up", form))
            secrets |= set(ada.cookies.values())
            decoded(await bob.post("/api/sign-up", form | {"email": "bob@example.com"}))
            decoded(await ada.post("/api/workspaces/lab/invitations", {"email": "eve@example.com", "role": "member"}))
            await ada.sign_in("ada@example.com", "canary-wrong-31337")
            decoded(await ada.post("/api/password/forgot", {"email": "ada@example.com"}))
            await eventually(lambda: len(mail.letters) == 4)
            tokens = {letter["Subject"]: _token(letter.get_content()) for letter in mail.letters}
            reset = tokens["Reset your Conducktor password"]
            decoded(await ada.post("/api/password/reset", {"token": reset, "password": NEW_PASSWORD}))
            decoded(await ada.sign_in("ada@example.com", NEW_PASSWORD))
            secrets |= set(ada.cookies.values()) | set(tokens.values()) | {"canary-wrong-31337"}
        await eventually(lambda: len(mail.letters) == 5)

    assert len(secrets) >= 9
    database = await _everything_in(settings.database_url)
    assert "ada@example.com" in database
    log = caplog.text + "".join(capfd.readouterr())
    assert "session.started" in log
    for secret in secrets:
        assert secret not in log
        for form_of_it in (secret, secret.encode().hex(), *_decoded(secret)):
            assert form_of_it not in database


def _token(letter: str) -> str:
    found = re.search(r"token=([\w-]+)", letter)
    assert found
    return found[1]


def _decoded(secret: str) -> list[str]:
    """A token is base64 of bytes, which a table would show in hex."""
    return [urlsafe_b64decode(secret + "=").hex()] if re.fullmatch(r"[\w-]{43}", secret) else []


async def _everything_in(url: str) -> str:
    """Every row of every table, the queue's included, as text; bytes in hex and as far as they are ASCII."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for table in tables for row in await connection.fetch(f'SELECT t::text FROM "{table[0]}" t')]
    finally:
        await connection.close()
    text = "\n".join(row[0] for row in rows)
    in_hex = re.findall(r"\\x([0-9a-f]+)", text)
    return text + "\n".join(bytes.fromhex(found).decode("latin-1") for found in in_hex)
