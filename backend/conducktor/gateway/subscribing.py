"""The upstream's side of hearing of changes, as a call meets it: subscribing to a resource, and lists that change meanwhile."""

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_client import Notification, OnNotification
from conducktor.connections.standing.news import LIST_CHANGED, SUBSCRIBE, told_by
from conducktor.connections.standing.refreshes import Refreshes
from conducktor.connections.standing.watches import Watches
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import CallResult, ToolCall

__all__ = ["SUBSCRIBE", "Subscribing"]


class Subscribing:
    """One per process."""

    def __init__(self, watches: Watches, refreshes: Refreshes, deadline_s: float) -> None:
        self._watches = watches
        self._refreshes = refreshes
        self._deadline_s = deadline_s

    async def begin(self, call: ToolCall, connected: Connected) -> CallResult:
        """The upstream tells of this resource from now on, to whoever comes to hear it. Raises UpstreamError."""
        if not told_by(connected).resources:
            raise fault.rejected(connected.name, "it does not tell about changes of its resources")
        reply = await self._watches.subscribe(call.actor.workspace_id, connected, call.tool, self._deadline_s)
        if reply.error is not None:
            return CallResult(error=msgspec.Raw(msgspec.json.encode(reply.error)), is_error=True)
        return CallResult(result=msgspec.Raw(b"{}"))

    def hearing(self, call: ToolCall, connected: Connected, forward: OnNotification | None) -> OnNotification:
        """`forward`, but for changed lists: many servers tell of them on the stream of the very call that changed them."""

        def hear(notification: Notification) -> None:
            if notification.method in LIST_CHANGED:
                self._refreshes.sound(call.actor.workspace_id, connected.id)
            elif forward is not None:
                forward(notification)

        return hear
