"""The client that asked, as an upstream may reach it while it works: notifications on the way back, and what it is able to."""

from collections.abc import Callable
from typing import Any

import msgspec

from conducktor.connections.mcp_client import NOBODY, Behalf, OnInquiry

Send = Callable[[str, msgspec.Raw], None]
"""(notification method, params): puts a notification on the client's stream; must not block."""

AskClient = OnInquiry
"""Puts a question on the client's stream and waits for the answer, within a time of its own. Raises Unanswered."""

Note = Callable[[dict[str, Any]], None]
"""Keeps what the audit should say of a question."""

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
"""RFC 5424 severities as MCP spells them, least severe first."""


def _forget(_note: dict[str, Any]) -> None:
    return None


class Relay(msgspec.Struct, frozen=True):
    """`progress_token` is the client's own, raw; upstreams get ours, so that no two clients' tokens ever meet.

    `log_levels` are the severities that the client wants to hear of.
    """

    send: Send | None = None
    progress_token: msgspec.Raw | None = None
    log_levels: frozenset[str] = frozenset()
    behalf: Behalf = NOBODY
    ask: AskClient | None = None
    """Only for clients of the handshake era; later ones are asked by results."""
    note: Note = _forget

    def noting(self, note: Note) -> "Relay":
        """The same where nobody can be asked."""
        abilities = self.behalf.abilities
        return self if abilities is None or bytes(abilities) == b"{}" else msgspec.structs.replace(self, note=note)


NO_RELAY = Relay()


def levels_from(level: str) -> frozenset[str]:
    """This severity and all above; none for a word that is no level."""
    return frozenset(LEVELS[LEVELS.index(level) :]) if level in LEVELS else frozenset()
