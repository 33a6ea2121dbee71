"""Ways in which a server can fail to answer a call, and what its caller is told. L1, L3, L4 and L5 of the attack catalogue."""

import asyncio
import gzip

import msgspec

from tests.support.raw_server import Received, answer
from tests.support.rpc_server import Behaviour, event, hang, reply, reset, stream

JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RESULT = '{"content":[{"type":"text","text":"x"}]}'


class Shape(msgspec.Struct, frozen=True):
    """`fault` is the machine's word for it, `said` stands in the text for the model, after the connection's name."""

    behaviour: Behaviour
    fault: str
    said: str


def _writes(*parts: bytes, then: Behaviour | None = None) -> Behaviour:
    """Sends these bytes, whatever was asked; then hangs up, or does what comes `then`."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if callable(then):
            await then(received, writer)
        else:
            writer.close()

    return behave


def _drips(head: bytes, drop: bytes) -> Behaviour:
    async def behave(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.1)

    return behave


def _replies(raw: str) -> Behaviour:
    """A JSON body in which `ID` is the id that was asked."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(raw.replace("ID", str(received.json["id"])).encode()))

    return behave


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _status(line: str, *headers: str) -> Behaviour:
    return answer(b"", line, headers=headers)


_CHUNKED = JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_BOMB = gzip.compress(b"\0" * (64 * 1024 * 1024), compresslevel=9)
_LARGE = b'{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"' + b"x" * (11 * 1024 * 1024) + b'"}]}}'
_TWO_LENGTHS = JSON_HEAD + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}"
_OTHERS = '{"jsonrpc":"2.0","id":"wrong","result":{}}'
_ONE = f'{{"jsonrpc":"2.0","id":ID,"result":{RESULT}}}'
_NEWS = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'
_METADATA = "Location: http://169.254.169.254/latest"

LATE, CUT, BROKEN, LARGE = "timed_out", "disconnected", "broken_reply", "too_large"
NO_ANSWER, BROKE_OFF = "closed the connection without an answer", "broke off its answer"
ANOTHERS = "the answer to another request"
NOT_MCP, TOO_MUCH, NOT_IN_TIME = "which is not MCP", "more than Conducktor takes at once", "did not answer within"

SHAPES: dict[str, Shape] = {
    # the connection
    "hangs": Shape(hang, LATE, NOT_IN_TIME),
    "drips its head": Shape(_drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), LATE, NOT_IN_TIME),
    "drips its body": Shape(_drips(JSON_HEAD + b"Content-Length: 9999\r\n\r\n", b" "), LATE, NOT_IN_TIME),
    "says 100 Continue and nothing else": Shape(_drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), LATE, NOT_IN_TIME),
    "resets at once": Shape(reset, CUT, NO_ANSWER),
    "resets within its body": Shape(_writes(JSON_HEAD + b"Content-Length: 99\r\n\r\n{", then=reset), CUT, BROKE_OFF),
    "hangs up at once": Shape(_writes(), CUT, NO_ANSWER),
    "hangs up within its head": Shape(_writes(b"HTTP/1.1 200 OK\r\nConte"), CUT, NO_ANSWER),
    "hangs up within its body": Shape(_writes(JSON_HEAD + b"Content-Length: 99\r\n\r\n{"), CUT, BROKE_OFF),
    # HTTP
    "does not speak HTTP": Shape(_writes(b"220 mail.example.com ESMTP\r\n"), CUT, BROKE_OFF),
    "sends a head of 100 kB": Shape(_writes(JSON_HEAD + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n{}"), CUT, BROKE_OFF),
    "sends a broken chunk": Shape(_writes(_CHUNKED + b"zz\r\n{}\r\n"), CUT, BROKE_OFF),
    "ends within a chunk": Shape(_writes(_CHUNKED + b"ff\r\n{"), CUT, BROKE_OFF),
    "never ends its chunks": Shape(_drips(_CHUNKED, _chunk(b" ")), LATE, NOT_IN_TIME),
    "contradicts itself about its length": Shape(_writes(_TWO_LENGTHS), CUT, BROKE_OFF),
    "sends what is no gzip": Shape(answer(b"no gzip", headers=("Content-Encoding: gzip",)), CUT, BROKE_OFF),
    "sends a gzip bomb": Shape(answer(_BOMB, headers=("Content-Encoding: gzip",)), LARGE, TOO_MUCH),
    "sends 11 MB": Shape(answer(_LARGE), LARGE, TOO_MUCH),
    "announces 1 GB": Shape(_writes(JSON_HEAD + b"Content-Length: 1073741824\r\n\r\n", then=hang), LARGE, TOO_MUCH),
    # statuses
    "wants a sign-in": Shape(_status("401 Unauthorized"), "sign_in_again", "asked for sign-in again (401)"),
    "refuses": Shape(_status("403 Forbidden"), "not_allowed", "refused this request (403)"),
    "is not there": Shape(_status("404 Not Found"), "not_found", "offers no MCP at its address (404)"),
    "is gone": Shape(_status("410 Gone"), "not_found", "offers no MCP at its address (410)"),
    "finds the request bad": Shape(_status("400 Bad Request"), "rejected", "did not accept the request (400)"),
    "limits the rate": Shape(_status("429 Too Many Requests", "Retry-After: 7"), "rate_limited", "asks for fewer calls (429)"),
    "fails": Shape(_status("500 Internal Server Error"), "server_error", "failed (500)"),
    "has a bad gateway": Shape(answer(b"<html>", "502 Bad Gateway", "text/html"), "server_error", "failed (502)"),
    "is overloaded": Shape(_status("503 Service Unavailable"), "server_error", "failed (503)"),
    "redirects to a private address": Shape(_status("307 Temporary Redirect", _METADATA), "moved", "has moved (307)"),
    "redirects in a circle": Shape(_status("308 Permanent Redirect", "Location: /mcp"), "moved", "has moved (308)"),
    "only acknowledges": Shape(_status("202 Accepted"), BROKEN, NOT_MCP),
    # JSON
    "answers a web page": Shape(answer(b"<html>Hello</html>", content_type="text/html"), BROKEN, "a web page, which is not MCP"),
    "answers plain text": Shape(answer(b"all is well", content_type="text/plain"), BROKEN, NOT_MCP),
    "answers nothing": Shape(answer(b""), BROKEN, NOT_MCP),
    "answers half of it": Shape(answer(b'{"jsonrpc":"2.0","id":1,"res'), BROKEN, NOT_MCP),
    "answers bad UTF-8": Shape(answer(b'{"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}'), BROKEN, NOT_MCP),
    "answers UTF-16": Shape(answer('{"jsonrpc":"2.0","id":1,"result":{}}'.encode("utf-16")), BROKEN, NOT_MCP),
    "answers 100,000 brackets": Shape(answer(b"[" * 100_000), BROKEN, NOT_MCP),
    "answers another question": Shape(_replies(_OTHERS), BROKEN, ANOTHERS),
    "answers twice": Shape(_replies(f"[{_ONE},{_ONE}]"), BROKEN, NOT_MCP),
    "answers with neither result nor error": Shape(_replies('{"jsonrpc":"2.0","id":ID}'), BROKEN, NOT_MCP),
    "answers only with a notification": Shape(_replies(_NEWS), BROKEN, NOT_MCP),
    # streams of events
    "never ends its stream": Shape(stream(b": still here\n\n", ends=False), LATE, NOT_IN_TIME),
    "ends its stream without an answer": Shape(stream(b": that was it\n\n"), CUT, BROKE_OFF),
    "breaks its stream within an event": Shape(stream(b'data: {"jsonrpc":"2.0"\n\n'), BROKEN, NOT_MCP),
    "streams bad UTF-8": Shape(stream(b'data: {"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}\n\n'), CUT, BROKE_OFF),
    "streams an event of 11 MB": Shape(stream(b"data: " + b"x" * (11 * 1024 * 1024)), LARGE, TOO_MUCH),
    "streams the answer to another question": Shape(stream(event(_OTHERS)), BROKEN, ANOTHERS),
}  # fmt: skip


def twice_in_a_stream(received: Received) -> bytes:
    """Not a fault: the first answer counts, what follows is left unread."""
    return event(reply(received, RESULT)) * 2
