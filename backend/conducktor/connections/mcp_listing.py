"""Everything an upstream lists, over all its pages, within bounds."""

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import METHOD_NOT_FOUND

MAX_PAGES = 200
MAX_ITEMS = 10_000
MAX_BYTES = 32 * 1024 * 1024

_FIELDS = {
    "tools/list": "tools",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "prompts/list": "prompts",
}


class Listing:
    """Collects the pages of one listing: while `params` is not None, ask with it and `add` the reply."""

    def __init__(self, connection: str, method: str) -> None:
        """`method` is one of the four list methods."""
        self._connection = connection
        self._method = method
        self._field = _FIELDS[method]
        self._seen: set[str] = set()
        self._bytes = 0
        self.items: list[msgspec.Raw] = []
        self.params: bytes | None = b"{}"

    def add(self, reply: Reply) -> None:
        """Raises UpstreamError for an error, a page that is none, and a listing without end."""
        if reply.result is None:
            if reply.error and reply.error.code != METHOD_NOT_FOUND:
                raise fault.rejected(self._connection, f"{self._method}: error {reply.error.code}")
            self.params = None
            return
        try:
            page = _page.decode(reply.result)
            self.items += _items.decode(page[self._field])
            cursor = _cursor.decode(page.get("nextCursor", b"null"))
        except (msgspec.MsgspecError, KeyError):
            raise fault.broken_reply(self._connection, f"a malformed page to {self._method}") from None
        self._bytes += len(memoryview(reply.result))
        if cursor in self._seen or len(self._seen) >= MAX_PAGES:
            raise fault.rejected(self._connection, f"{self._method} never ends")
        if len(self.items) > MAX_ITEMS or self._bytes > MAX_BYTES:
            raise fault.rejected(self._connection, f"{self._method} has more than {MAX_ITEMS:,} entries or 32 MB")
        if cursor is None:
            self.params = None
        else:
            self._seen.add(cursor)
            self.params = msgspec.json.encode({"cursor": cursor})


_page = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_cursor = msgspec.json.Decoder(str | None)
