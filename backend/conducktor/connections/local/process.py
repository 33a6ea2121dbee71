"""One running local server: newline-delimited JSON-RPC over its standard input and output (MCP, stdio transport)."""

import asyncio
import time
from asyncio.subprocess import Process
from collections import deque
from contextlib import suppress

import msgspec
from msgspec import UNSET

from conducktor.connections import mcp_fault as fault
from conducktor.connections.hidden_text import visible
from conducktor.connections.local.servers import LocalServer
from conducktor.connections.mcp_discovery import ServerFacts, read_initialization
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.mcp_handshake import INITIALIZED, initialize_params
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import BrokenMessage, Message, Notification, Reply, read_messages
from conducktor.connections.mcp_request import Ask, Deadline, encode_cancellation, encode_refusal, encode_request
from conducktor.connections.standing.news import Hears
from conducktor.infra import piped_process
from conducktor.infra.http_client import MAX_BODY_BYTES

LOG_LINES = 200
LINE_LIMIT = 1_000
MOST_UNREAD_BYTES = 16 * 1024 * 1024
"""Sent, and not read by it: it hangs."""
_PROGRESS = "notifications/progress"


class _Waiter(msgspec.Struct):
    outcome: asyncio.Future[Reply]
    ask: Ask


class LocalProcess:
    """`await LocalProcess.started(…)`; everything it says is read by one task until it ends."""

    facts: ServerFacts

    def __init__(self, name: str, server: LocalServer, outbox: Outbox, process: Process, log: deque[str]) -> None:
        self.name = name
        self.hears: Hears | None = None
        self.gone = asyncio.Event()
        self.ended_at = 0.0
        self._server = server
        self._outbox = outbox
        self._process = process
        self._log = log
        self._waiting: dict[int, _Waiter] = {}
        self._owner = asyncio.create_task(self._run(), name="local-server")

    @classmethod
    async def started(cls, name: str, server: LocalServer, outbox: Outbox, deadline: Deadline, log: deque[str]) -> "LocalProcess":
        """Raises UpstreamError. `log` takes what it writes to its standard error."""
        try:
            process = await piped_process.start(server.program, longest_line=MAX_BODY_BYTES)
        except OSError as error:
            raise _failed(name, f"{name} could not be started: {error.strerror or 'unknown reason'}.") from None
        running = cls(name, server, outbox, process, log)
        try:
            reply = await running.ask(Ask("initialize", initialize_params(outbox), deadline))
            if reply.result is None:
                raise fault.rejected(name, "initialize")
            running.facts = read_initialization(name, reply.result)
            await running._write(INITIALIZED)
        except BaseException:
            await running.close()
            raise
        return running

    @property
    def is_idle(self) -> bool:
        return not self._waiting and self.hears is None

    async def ask(self, ask: Ask) -> Reply:
        """Raises UpstreamError when it ends before it answers; TimeoutError is the caller's."""
        if self.gone.is_set():
            raise self._ended(may_have_run=False)
        request_id = self._outbox.new_id()
        waiter = _Waiter(asyncio.get_running_loop().create_future(), ask)
        self._waiting[request_id] = waiter
        try:
            await self._write(encode_request(request_id, ask.method, ask.params))
            return await waiter.outcome
        except asyncio.CancelledError:
            self._put(encode_cancellation(request_id, "given up"))  # without waiting: it may have stopped reading
            raise
        finally:
            del self._waiting[request_id]

    async def close(self) -> None:
        self._owner.cancel()
        await asyncio.gather(self._owner, return_exceptions=True)

    async def _write(self, message: bytes) -> None:
        assert self._process.stdin
        if self._process.stdin.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self._note("(Conducktor: it stopped reading what it is sent; the server was ended)")
            self._owner.cancel()
            raise self._ended(may_have_run=False)
        self._put(message)
        try:
            await self._process.stdin.drain()
        except (ConnectionError, RuntimeError):
            raise self._ended(may_have_run=True) from None

    def _put(self, message: bytes) -> None:
        assert self._process.stdin
        with suppress(ConnectionError, RuntimeError):  # it ended: whoever waits is told by `_run`
            self._process.stdin.write(message.replace(b"\n", b" ") + b"\n")  # between tokens only: JSON strings escape theirs

    async def _run(self) -> None:
        listening = asyncio.create_task(self._keep_log())
        try:
            await self._read()
        finally:
            await asyncio.shield(piped_process.end(self._process))
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await listening
            listening.cancel()
            self.ended_at = time.monotonic()
            self.gone.set()
            for waiter in self._waiting.values():
                if not waiter.outcome.done():
                    waiter.outcome.set_exception(self._ended(may_have_run=waiter.ask.method != "initialize"))

    async def _read(self) -> None:
        assert self._process.stdout
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError:
                self._note("(Conducktor: a message larger than 10 MB; the server was ended)")
                return
            if not line:
                return
            if line.strip():
                try:
                    for message in read_messages(line.strip()):
                        await self._consider(message)
                except BrokenMessage:
                    self._note(f"(not MCP on standard output) {line[:LINE_LIMIT].decode(errors='replace')}")

    async def _consider(self, message: Message) -> None:
        if isinstance(message.method, str):
            if message.id is not UNSET:
                await self._write(encode_refusal(message.id, message.method))
            elif notification := message.notification():
                self._relay(notification)
            return
        waiter = self._waiting.get(message.id) if isinstance(message.id, int) else None
        if waiter and not waiter.outcome.done():
            waiter.outcome.set_result(message.reply())

    def _relay(self, notification: Notification) -> None:
        """Log lines and changes are whoever listens'; progress finds its call by the token that we gave it."""
        for waiter in self._waiting.values():
            if waiter.ask.on_notification and (notification.method != _PROGRESS or _is_about(notification, waiter.ask)):
                waiter.ask.on_notification(notification)
        if self.hears and notification.method != _PROGRESS:
            self.hears(notification)

    async def _keep_log(self) -> None:
        assert self._process.stderr
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:
                self._note("(Conducktor: a line larger than 10 MB)")
                continue  # what nobody reads would hold it up
            if not line:
                return
            self._note(line.decode(errors="replace").rstrip())

    def _note(self, line: str) -> None:
        for secret in self._server.secrets:
            line = line.replace(secret, "[redacted]")
        self._log.append(visible(line)[:LINE_LIMIT])

    def _ended(self, *, may_have_run: bool) -> UpstreamError:
        code = self._process.returncode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        last = f" Its last words: {self._log[-1]}" if self._log else ""
        told = f"{self.name} {how if code is not None else 'ended'} before it answered.{last}"
        return _failed(self.name, told, may_have_run=may_have_run)


def _failed(name: str, told: str, *, may_have_run: bool = False) -> UpstreamError:
    step = "Conducktor starts it again with the next call. If it stays so, the operator looks at its log."
    kind = Fault.DISCONNECTED if may_have_run else Fault.UNREACHABLE
    return UpstreamError(kind, told, connection=name, next_step=step, may_have_run=may_have_run)


def _is_about(notification: Notification, ask: Ask) -> bool:
    try:
        return _token.decode(notification.params).token == _params.decode(ask.params).meta.token
    except (msgspec.MsgspecError, RecursionError):
        return False


class _Token(msgspec.Struct, frozen=True):
    token: str | int | None = msgspec.field(name="progressToken", default=None)


class _Params(msgspec.Struct, frozen=True):
    meta: _Token = msgspec.field(name="_meta", default=_Token("(none)"))


_token = msgspec.json.Decoder(_Token)
_params = msgspec.json.Decoder(_Params)
