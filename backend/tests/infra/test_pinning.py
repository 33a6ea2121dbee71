"""Servers that must show one of a few known keys."""

from pathlib import Path

import pytest

from conducktor.infra.http_client import HttpClient
from conducktor.infra.http_errors import KeyChanged, TlsFailed
from conducktor.settings import Settings
from tests.support.certificates import Authority
from tests.support.promptly import PATIENCE_S
from tests.support.raw_server import RawServer, always, answer

BACKUP = "A" * 43 + "="


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def fetch(http: HttpClient, url: str) -> bytes:
    async with http.post(url, headers={"Authorization": "Bearer secret"}, body=b"{}", deadline_s=PATIENCE_S) as response:
        return await response.read()


async def test_a_key_that_is_not_pinned_is_refused_before_anything_is_sent(authority: Authority) -> None:
    settings = Settings(outbound_allow=("127.0.0.1",), outbound_ca_file=authority.pem)
    async with RawServer(always(answer(b"ok")), tls=authority.server("127.0.0.1")) as server, HttpClient(settings) as http:
        shown = await http.shown_pin(server.url, deadline_s=PATIENCE_S)
        server.received.clear()

        assert await fetch(http.pinned((shown, BACKUP)), server.url) == b"ok"
        assert await fetch(http, server.url) == b"ok"
        with pytest.raises(KeyChanged, match="not one of those pinned") as refused:
            await fetch(http.pinned((BACKUP, "B" * 43 + "=")), server.url)

        assert refused.value.nothing_was_sent
        assert len(server.received) == 2, "a pooled connection without the pins is not used either"


async def test_a_pinned_key_does_not_replace_verification(authority: Authority, tmp_path: Path) -> None:
    trusting = Settings(outbound_allow=("127.0.0.1",), outbound_ca_file=authority.pem)
    unaware = Settings(outbound_allow=("127.0.0.1",))
    async with RawServer(always(answer(b"ok")), tls=authority.server("127.0.0.1")) as server:
        async with HttpClient(trusting) as http:
            shown = await http.shown_pin(server.url, deadline_s=PATIENCE_S)
        async with HttpClient(unaware) as http:
            with pytest.raises(TlsFailed):
                await fetch(http.pinned((shown, BACKUP)), server.url)
    async with RawServer(always(answer(b"ok")), tls=authority.server("other.example")) as server, HttpClient(trusting) as http:
        with pytest.raises(TlsFailed):
            await fetch(http.pinned((shown, BACKUP)), server.url)
