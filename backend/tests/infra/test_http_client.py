"""The way out, against real servers on loopback."""

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from conducktor.core.errors import ConducktorError, Invalid
from conducktor.infra.address_guard import Address, AddressRefused
from conducktor.infra.http_client import HttpClient
from conducktor.infra.http_errors import BrokenResponse, ConnectFailed, TimedOut, TlsFailed, TooLarge
from conducktor.infra.http_syntax import check_header
from conducktor.settings import Settings
from tests.support.certificates import Authority
from tests.support.promptly import PATIENCE_S, PROMPTLY_S
from tests.support.raw_server import RawServer, Received, always, answer, eventually

LOOPBACK = Settings(outbound_allow=("127.0.0.0/8", "::1"))


async def fetch(http: HttpClient, url: str, *, deadline_s: float = PATIENCE_S, max_bytes: int = 100_000) -> bytes:
    async with http.post(url, headers={"X-Test": "1"}, body=b"{}", deadline_s=deadline_s, max_bytes=max_bytes) as response:
        return await response.read()


async def test_a_post_sends_what_it_was_given_and_reads_the_whole_answer() -> None:
    raw = answer(b'{"ok":true}', headers=("X-Reply: yes", "Set-Cookie: a=b"))
    async with RawServer(always(raw)) as server, HttpClient(LOOPBACK) as http:
        for _ in range(3):
            async with http.post(server.url, headers={"X-Test": "1"}, body=b"[]", deadline_s=PATIENCE_S) as response:
                assert (response.status, response.headers["x-reply"], await response.read()) == (200, "yes", b'{"ok":true}')
    assert server.connections == 1
    first, *_, last = server.received
    assert (first.method, first.path, first.body, first.headers["x-test"]) == ("POST", "/mcp", b"[]", "1")
    assert first.headers["user-agent"] == "Conducktor"
    assert "cookie" not in last.headers


async def test_a_get_reads_chunks_as_they_come() -> None:
    go_on = asyncio.Event()

    async def script(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await go_on.wait()
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")

    async with RawServer(script) as server, HttpClient(LOOPBACK) as http:
        seen = []
        async with http.get(server.url, headers={}, deadline_s=PATIENCE_S) as response:
            async for chunk in response.chunks():
                seen.append(chunk)
                go_on.set()
    assert b"".join(seen) == b"onetwo"
    assert len(seen) == 2


SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::1]",
    "[::127.0.0.1]",
    "[::1%25lo]",
    "0.0.0.0",
    "0",
    "[::]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
]
ELSEWHERE = [
    "169.254.169.254",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "100.64.0.1",
    "192.0.0.8",
    "224.0.0.1",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "10.0.0.1",
    "192.168.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS + ELSEWHERE)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_an_inner_address_reaches_a_server(scheme: str, host: str) -> None:
    async with RawServer(always(answer(b"secret"))) as canary, HttpClient(Settings()) as http:
        with pytest.raises(ConducktorError) as refusal:
            await fetch(http, f"{scheme}://{host}:{canary.port}/mcp")
    assert not isinstance(refusal.value, TimedOut | BrokenResponse | TlsFailed)
    assert canary.connections == 0


@pytest.mark.parametrize("host", [spelling for spelling in SPELLINGS if spelling != "127.0.0.1"])
async def test_allowing_one_loopback_address_allows_no_odd_spelling_of_it_to_go_elsewhere(host: str) -> None:
    """With 127.0.0.1 allowed a spelling either is refused or reaches exactly 127.0.0.1, and nothing else."""
    async with RawServer(always(answer(b"x")), host="127.0.0.2") as canary:
        async with HttpClient(Settings(outbound_allow=("127.0.0.1", "::1"))) as http:
            with pytest.raises(ConducktorError):
                await fetch(http, f"http://{host}:{canary.port}/mcp", deadline_s=0.2)
        assert canary.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "ftp://mcp.example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/plain,x",
        "mcp.example.com",
        "//mcp.example.com",
        "https://",
        "https:///mcp",
        "https://user@mcp.example.com/",
        "https://user:secret@mcp.example.com/",
        "https://@mcp.example.com/",
        "https://mcp.example.com/#part",
        "https://mcp.example.com/#",
        "https://mcp.example.com:0/",
        "https://mcp.example.com:99999/",
        "https://mcp.example.com:x/",
        "https://mcp.example.com\\@127.0.0.1/",
        "https://mcp.example.com /",
        "https://mcp.example.com/\r\nX: y",
        "https://mcp.exa\u200bmple.com/",
        "https://mcp%2eexample.com/",
        "https://[::1",
        "https://" + "a" * 300 + ".example.com/",
    ],
)
async def test_what_is_not_a_plain_web_address_is_refused(url: str) -> None:
    async with HttpClient(Settings()) as http:
        with pytest.raises((Invalid, AddressRefused)) as refusal:
            http.check_url(url)
        assert "secret" not in refusal.value.detail
        with pytest.raises((Invalid, AddressRefused)):
            await fetch(http, url)


class Answers:
    """A name server whose answer changes: each question takes the next one, the last stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked += 1
        texts = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ip_address(text) for text in texts]


async def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    lookup = Answers(["1.1.1.1", "127.0.0.1"])
    async with RawServer(always(answer(b"x"))) as canary, HttpClient(Settings(), lookup=lookup) as http:
        with pytest.raises(AddressRefused, match=r"rebind\.example"):
            await fetch(http, f"https://rebind.example:{canary.port}/")
    assert canary.connections == 0


async def test_the_connection_goes_to_the_address_that_was_checked_whatever_the_name_says_later() -> None:
    lookup = Answers(["127.0.0.1"], ["127.0.0.9"])
    async with (
        RawServer(always(answer(b"x"))) as server,
        HttpClient(Settings(outbound_allow=("127.0.0.1",)), lookup=lookup) as http,
    ):
        assert await fetch(http, f"http://rebind.example:{server.port}/") == b"x"
        assert lookup.asked == 1
    assert server.received[0].headers["host"] == f"rebind.example:{server.port}"


async def test_a_name_that_turns_private_is_refused_when_asked_again() -> None:
    lookup = Answers(["127.0.0.1"], ["127.0.0.2"])

    async def once(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"x", headers=("Connection: close",)))
        writer.close()

    async with RawServer(once) as server, RawServer(always(answer(b"secret")), host="127.0.0.2") as canary:
        settings = Settings(outbound_allow=("127.0.0.1",))
        for expected_hits, port in ((1, server.port), (1, canary.port)):
            async with HttpClient(settings, lookup=lookup) as http:
                if port == server.port:
                    await fetch(http, f"http://rebind.example:{port}/")
                else:
                    with pytest.raises(AddressRefused):
                        await fetch(http, f"http://rebind.example:{port}/")
            assert server.connections == expected_hits
    assert canary.connections == 0


async def test_an_unknown_name_says_so() -> None:
    async with HttpClient(LOOPBACK) as http:
        with pytest.raises(ConnectFailed, match=r"nobody\.invalid") as failure:
            await fetch(http, "https://nobody.invalid/mcp")
    assert failure.value.nothing_was_sent


async def test_a_name_server_that_hangs_costs_at_most_the_connect_timeout() -> None:
    async def hang(host: str, port: int) -> Sequence[Address]:
        await asyncio.Event().wait()
        return ()

    async with HttpClient(LOOPBACK, lookup=hang, connect_timeout_s=0.2) as http:
        with pytest.raises(ConnectFailed):
            await fetch(http, "https://slow.example/mcp", deadline_s=PATIENCE_S)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_redirects_are_answers_and_are_never_followed(status: str) -> None:
    async with RawServer(always(answer(b"secret"))) as canary:
        moved = answer(b"", status, headers=(f"Location: {canary.url}",))
        async with (
            RawServer(always(moved)) as server,
            HttpClient(LOOPBACK) as http,
            http.post(server.url, headers={"Authorization": "Bearer x"}, body=b"{}", deadline_s=PATIENCE_S) as response,
        ):
            assert response.status == int(status[:3])
            assert response.headers["location"] == canary.url
    assert canary.connections == 0


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with RawServer(always(answer(b"proxied"))) as proxy, RawServer(always(answer(b"direct"))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with HttpClient(LOOPBACK) as http:
            assert await fetch(http, server.url) == b"direct"
    assert proxy.connections == 0


async def test_a_refused_port_says_that_nothing_was_sent() -> None:
    async with RawServer(always(b"")) as closed:
        url = closed.url
    async with HttpClient(LOOPBACK) as http:
        with pytest.raises(ConnectFailed, match=r"does not accept connections on port \d+ \(Connection refused\)"):
            await fetch(http, url)


async def test_a_server_that_never_answers_is_left_at_the_deadline() -> None:
    async def hang(_received: Received, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with RawServer(hang) as server, HttpClient(LOOPBACK) as http:
        started = asyncio.get_running_loop().time()
        with pytest.raises(TimedOut, match=r"0\.3 s"):
            await fetch(http, server.url, deadline_s=0.3)
        assert asyncio.get_running_loop().time() - started < 0.3 + PROMPTLY_S


async def test_a_dripping_body_is_left_at_the_deadline() -> None:
    async def drip(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with RawServer(drip) as server, HttpClient(LOOPBACK) as http:
        with pytest.raises(TimedOut):
            await fetch(http, server.url, deadline_s=0.3)
        await eventually(lambda: server.open == 0)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nshort!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnogzi",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
    ],
)
async def test_an_answer_that_is_not_proper_http_is_called_that(raw: bytes) -> None:
    async def script(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    async with RawServer(script) as server, HttpClient(LOOPBACK) as http:
        with pytest.raises(BrokenResponse, match=r"127\.0\.0\.1"):
            await fetch(http, server.url)


async def test_a_reset_connection_is_told_from_one_that_broke_off() -> None:
    async def reset(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with RawServer(reset) as server, HttpClient(LOOPBACK) as http:
        with pytest.raises(BrokenResponse) as failure:
            await fetch(http, server.url)
    assert failure.value.before_answer
    assert not failure.value.nothing_was_sent


async def test_a_post_is_never_sent_twice() -> None:
    async def serve_once(received: Received, writer: asyncio.StreamWriter) -> None:
        if received.body == b"first":
            writer.write(answer(b"ok"))
        else:
            writer.transport.abort()

    async with RawServer(serve_once) as server, HttpClient(LOOPBACK) as http:
        async with http.post(server.url, headers={}, body=b"first", deadline_s=PATIENCE_S) as response:
            await response.read()
        with pytest.raises(BrokenResponse):
            await fetch(http, server.url)
    assert len(server.received) == 2


async def test_a_body_over_the_limit_is_refused_with_and_without_an_announced_length() -> None:
    announced = answer(b"x" * 2000)
    unannounced = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n"
    for raw in (announced, unannounced):
        async with RawServer(always(raw)) as server, HttpClient(LOOPBACK) as http:
            assert len(await fetch(http, server.url, max_bytes=2000)) == 2000
            with pytest.raises(TooLarge, match="1,999"):
                await fetch(http, server.url, max_bytes=1999)


async def test_a_compressed_body_is_opened_and_a_bomb_is_not() -> None:
    gzipped = gzip.compress(b"x" * 50_000)
    deflated = zlib.compress(b"y" * 50_000)
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000, 9), 1)
    for body, encoding, expected in ((gzipped, "gzip", b"x"), (deflated, "deflate", b"y")):
        raw = answer(body, headers=(f"Content-Encoding: {encoding}",))
        async with RawServer(always(raw)) as server, HttpClient(LOOPBACK) as http:
            assert await fetch(http, server.url) == expected * 50_000
    raw = answer(gzip.decompress(bomb), headers=("Content-Encoding: gzip",))
    async with RawServer(always(raw)) as server, HttpClient(LOOPBACK) as http:
        with pytest.raises(TooLarge):
            await fetch(http, server.url)


async def test_a_hanging_server_takes_only_its_own_connections() -> None:
    release = asyncio.Event()

    async def hang(_received: Received, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.write(answer(b"late"))

    async with (
        RawServer(hang) as slow,
        RawServer(always(answer(b"quick"))) as quick,
        HttpClient(LOOPBACK, connections_per_host=4) as http,
    ):
        waiting = [asyncio.create_task(fetch(http, slow.url)) for _ in range(10)]
        await eventually(lambda: len(slow.received) == 4)
        assert await fetch(http, quick.url) == b"quick"
        assert slow.connections == 4
        release.set()
        assert await asyncio.gather(*waiting) == [b"late"] * 10


def idle_connections(http: HttpClient) -> int:
    connector = http._sessions["http"].connector
    assert connector is not None
    return sum(map(len, connector._conns.values()))


async def test_what_is_left_half_read_closes_its_connection_and_lingering_keeps_it() -> None:
    end = asyncio.Event()

    async def two_parts(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await end.wait()
        end.clear()
        writer.write(b"0\r\n\r\n")

    async with RawServer(two_parts) as server, HttpClient(LOOPBACK) as http:
        for _ in range(3):
            async with http.post(server.url, headers={}, body=b"", deadline_s=PATIENCE_S) as response:
                async for _chunk in response.chunks():
                    response.linger()
                    break
            assert idle_connections(http) == 0
            end.set()
            await eventually(lambda: idle_connections(http) == 1)
        assert server.connections == 1
        async with http.post(server.url, headers={}, body=b"", deadline_s=PATIENCE_S) as response:
            async for _chunk in response.chunks():
                break
        end.set()
        await eventually(lambda: server.open == 0)
        assert idle_connections(http) == 0


async def test_a_large_request_body_is_sent_whole() -> None:
    async with (
        RawServer(always(answer(b"ok"))) as server,
        HttpClient(LOOPBACK) as http,
        http.post(server.url, headers={}, body=b"x" * 3_000_000, deadline_s=PATIENCE_S) as response,
    ):
        assert await response.read() == b"ok"
    assert len(server.received[0].body) == 3_000_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_only_certificates_of_trusted_authorities_for_the_right_name_pass(authority: Authority, tmp_path: Path) -> None:
    trusting = Settings(outbound_allow=("127.0.0.1",), outbound_ca_file=authority.pem)
    unaware = Settings(outbound_allow=("127.0.0.1",))
    cases = [
        (trusting, authority.server("127.0.0.1"), True),
        (unaware, authority.server("127.0.0.1"), False),
        (trusting, authority.server("other.example"), False),
        (trusting, authority.server("127.0.0.1", valid_days=-1), False),
    ]
    for settings, tls, passes in cases:
        async with RawServer(always(answer(b"ok")), tls=tls) as server, HttpClient(settings) as http:
            if passes:
                assert await fetch(http, server.url) == b"ok"
            else:
                with pytest.raises(TlsFailed, match=r"127\.0\.0\.1") as failure:
                    await fetch(http, server.url)
                assert failure.value.nothing_was_sent
        assert len(server.received) == int(passes)


async def test_a_server_without_tls_on_an_https_address_fails_as_tls() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, HttpClient(LOOPBACK) as http:
        with pytest.raises(TlsFailed):
            await fetch(http, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


def test_an_unreadable_authority_file_is_named_at_start(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    for file in (tmp_path / "absent.pem", tmp_path / "broken.pem"):
        with pytest.raises(Invalid, match="CONDUCKTOR_OUTBOUND_CA_FILE"):
            HttpClient(Settings(outbound_ca_file=file))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Key", "a\r\nEvil: 1"),
        ("X-Key", "a\0"),
        ("X-Key", "ü"),
        ("X-Key", "x" * 9000),
        ("X Key", "a"),
        ("X-Key\r\nEvil", "a"),
        ("", "a"),
        ("Host", "other.example"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Proxy-Authorization", "x"),
    ],
)
def test_a_header_that_could_change_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_header(name, value)
    assert value not in refusal.value.detail or len(value) < 2


def test_ordinary_credential_headers_pass() -> None:
    for name, value in (("Authorization", "Bearer a.b-c_d=="), ("X-API-Key", "k"), ("Notion-Version", "2025-09-03")):
        check_header(name, value)
