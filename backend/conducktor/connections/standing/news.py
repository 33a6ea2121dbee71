"""The notifications that tell of changes, and which upstreams send them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

import msgspec

from conducktor.connections.mcp_reply import Notification, Reply
from conducktor.connections.mcp_request import Deadline
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import OperationClass

LIST_CHANGED = frozenset(
    {"notifications/tools/list_changed", "notifications/prompts/list_changed", "notifications/resources/list_changed"}
)
UPDATED = "notifications/resources/updated"
LISTEN = "subscriptions/listen"
SUBSCRIBE = "resources/subscribe"
UNSUBSCRIBE = "resources/unsubscribe"

Hears = Callable[[Notification], None]
"""Called on the event loop; must not block."""


class Standing(Protocol):
    """One open stream of one upstream."""

    async def open(self, uris: frozenset[str], deadline: Deadline) -> None:
        """Begin to hear of lists, and of these resources as far as the upstream agrees. Raises UpstreamError."""

    async def subscribe(self, uri: str, deadline: Deadline) -> Reply:
        """The upstream's answer. Raises UpstreamError."""

    async def unsubscribe(self, uri: str) -> None:
        """Best effort."""

    async def ended(self) -> None:
        """Wait for the end of the stream. Raises UpstreamError when it says why."""

    async def close(self) -> None: ...


class Tells(msgspec.Struct, frozen=True):
    """What an upstream declares to tell of by itself."""

    lists: bool
    resources: bool

    @property
    def anything(self) -> bool:
        return self.lists or self.resources


def told_by(connected: Connected) -> Tells:
    """Nothing where people read with their own accounts: what one of them is told is not for the others."""
    if OperationClass.READ in connected.personal_for:
        return Tells(False, False)
    return _tells(bytes(connected.capabilities))


@lru_cache(maxsize=1024)
def _tells(capabilities: bytes) -> Tells:
    try:
        declared = _decode(capabilities)
    except (msgspec.MsgspecError, RecursionError):
        return Tells(False, False)
    lists = any(feature and feature.list_changed is True for feature in (declared.tools, declared.prompts, declared.resources))
    return Tells(lists, bool(declared.resources and declared.resources.subscribe is True))


def uri_of(notification: Notification) -> str | None:
    """Of the resource that was updated; None when it does not say."""
    try:
        return _decode_update(notification.params).uri or None
    except (msgspec.MsgspecError, RecursionError):
        return None


class _Feature(msgspec.Struct):
    list_changed: object = msgspec.field(name="listChanged", default=False)
    subscribe: object = False


class _Capabilities(msgspec.Struct):
    tools: _Feature | None = None
    prompts: _Feature | None = None
    resources: _Feature | None = None


class _Update(msgspec.Struct):
    uri: str = ""


_decode = msgspec.json.Decoder(_Capabilities).decode
_decode_update = msgspec.json.Decoder(_Update).decode
