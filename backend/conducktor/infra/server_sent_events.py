"""An incremental, bounded parser of `text/event-stream`. HTML Living Standard §9.2.6."""

import re

import msgspec

from conducktor.infra.http_errors import BrokenResponse, TooLarge

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Event(msgspec.Struct, frozen=True):
    """One dispatched event; `data` is valid UTF-8 with its lines joined by a line feed."""

    name: str
    data: bytes


class EventParser:
    """Feed it chunks as they come, cut anywhere; it holds at most `max_event_bytes` of an unfinished event.

    `last_event_id` and `retry_ms` are what the stream said last of how to take it up again; None: nothing usable.
    """

    __slots__ = (
        "_after_cr", "_data", "_event_bytes", "_max", "_name", "_started", "_tail", "_tail_bytes", "last_event_id", "retry_ms"
    )  # fmt: skip

    def __init__(self, *, max_event_bytes: int) -> None:
        self._max = max_event_bytes
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._data: bytes | bytearray | None = None
        self._name = b""
        self._event_bytes = 0
        self._after_cr = False
        self._started = False
        self.last_event_id: str | None = None
        self.retry_ms: int | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes, without those that carry no data.

        Raises TooLarge for an event or a line over the limit, BrokenResponse for data that are not UTF-8.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        *lines, rest = _LINE_END.split(chunk)
        if chunk.endswith(b"\r"):
            self._after_cr = True
        events: list[Event] = []
        for line in lines:
            if event := self._take(self._completed(line)):
                events.append(event)
        if rest:
            self._tail.append(rest)
            self._tail_bytes += len(rest)
            self._check_size()
        return events

    def _completed(self, line: bytes) -> bytes:
        if self._tail:
            line = b"".join((*self._tail, line))
            self._tail.clear()
            self._tail_bytes = 0
        if not self._started:
            self._started = True
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return line

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        if line.startswith(b"data") and line[4:5] in (b":", b""):
            self._add_data(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b"event:"):
            self._name = line[6:].removeprefix(b" ")
        elif line.startswith(b"id:"):
            self.last_event_id = line[3:].removeprefix(b" ").decode(errors="replace")
        elif line.startswith(b"retry:") and (pause := line[6:].removeprefix(b" ")).isdigit():
            self.retry_ms = int(pause[:9])
        return None

    def _add_data(self, value: bytes) -> None:
        self._event_bytes += len(value) + 1
        self._check_size()
        if self._data is None:
            self._data = value
            return
        if isinstance(self._data, bytes):
            self._data = bytearray(self._data)
        self._data += b"\n"
        self._data += value

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name, self._event_bytes = None, b"", 0
        if not data:
            return None
        try:
            data.decode()
            return Event(name.decode() or "message", bytes(data))
        except UnicodeDecodeError:
            raise BrokenResponse("An event of the stream is not valid UTF-8.") from None

    def _check_size(self) -> None:
        if self._event_bytes + self._tail_bytes > self._max:
            raise TooLarge(f"An event of the stream is larger than {self._max:,} bytes.")
