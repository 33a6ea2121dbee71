"""A tool of a connection as we keep it."""

from datetime import datetime

import msgspec

from conducktor.connections.states import OfferKind, ToolState
from conducktor.connections.wording import Wording
from conducktor.core.ids import ConnectionId, ToolId
from conducktor.core.tool_call import OperationClass


class PinnedTool(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `tools`. `definition` is what the server said last, `pinned` what was accepted and is served; raw JSON."""

    id: ToolId
    connection_id: ConnectionId
    name: str
    full_name: str
    definition: bytes
    definition_hash: bytes
    pinned: bytes | None
    pinned_hash: bytes | None
    state: ToolState
    state_reason: str | None
    class_override: OperationClass | None
    first_seen_at: datetime
    last_seen_at: datetime
    is_enabled: bool = True
    """What an admin decided; a tool that is turned off is not offered, in whatever state it is."""
    title_here: str | None = None
    description_here: str | None = None

    @property
    def wording(self) -> Wording:
        return Wording(self.title_here, self.description_here)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `offers`. `key` is the URI, URI template or prompt's name; `definition` raw JSON as received."""

    connection_id: ConnectionId
    kind: OfferKind
    key: str
    definition: bytes
