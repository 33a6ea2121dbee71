"""Taking up a stream again that ended before its answer: MCP 2025-11-25, Transports, "Resumability and Redelivery".

A server may let go of a stream on purpose; it then says by which event, and after which pause, it goes on. Only within a session:
in the modern era a stream that ends is a request that is lost.
"""

import re
from collections.abc import Mapping

from conducktor.infra.http_errors import BrokenResponse
from conducktor.infra.server_sent_events import EventParser

MOST_RESUMPTIONS = 100
PAUSE_S = 1.0
"""Where the server names none."""
SHORTEST_PAUSE_S = 0.1

_EVENT_ID = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?")


class StreamEnded(BrokenResponse):
    """Without an answer. `last_event_id` is None when it cannot be taken up."""

    def __init__(self, last_event_id: str | None, pause_s: float) -> None:
        super().__init__("The stream ended without an answer.")
        self.last_event_id = last_event_id
        self.pause_s = pause_s


def ended(parser: EventParser, before: StreamEnded | None) -> StreamEnded:
    """What is known of a stream that `parser` has read, which may itself have taken up `before`."""
    last = parser.last_event_id if parser.last_event_id and _EVENT_ID.fullmatch(parser.last_event_id) else None
    pause_s = before.pause_s if before else PAUSE_S
    if parser.retry_ms is not None:
        pause_s = max(parser.retry_ms / 1000, SHORTEST_PAUSE_S)
    return StreamEnded(last or (before.last_event_id if before else None), pause_s)


def resuming(headers: Mapping[str, str], last_event_id: str) -> dict[str, str]:
    """The headers of a GET that goes on after that event."""
    kept = {name: value for name, value in headers.items() if name != "Content-Type"}
    return {**kept, "Accept": "text/event-stream", "Last-Event-ID": last_event_id}
