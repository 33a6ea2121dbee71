"""What a caller may see, joined from pre-encoded pieces. No upstream is ever asked while a client waits."""

from typing import Protocol

from conducktor.connections.toolbox import Toolbox, ToolboxOf
from conducktor.core.actor import Permission
from conducktor.gateway.door import WHOLE_WORKSPACE, Door
from conducktor.gateway.executors import FIND
from conducktor.gateway.executors import LISTED as EXECUTORS_LISTED
from conducktor.oauth.caller import Caller
from conducktor.workspaces.membership import Offering

CACHED_LISTS = 256


class LocalListing(Protocol):
    def listed(self, caller: Caller, only: str | None = None) -> tuple[bytes, ...]:
        """The gateway's own tools for this caller, each one JSON object; `only` the one of that name."""


class Lists:
    """Renders `tools/list` and its siblings as JSON arrays; whole arrays are kept until the toolbox changes."""

    def __init__(self, toolboxes: ToolboxOf, local: LocalListing) -> None:
        self._toolboxes = toolboxes
        self._local = local
        self._rendered: dict[tuple[object, ...], bytes] = {}

    async def tools(self, caller: Caller, door: Door) -> bytes:
        connection, toolbox = door.connection, await self._visible(caller, door)
        if toolbox is None:
            return _array(self._local.listed(caller) if door is WHOLE_WORKSPACE else ())
        own: tuple[bytes, ...] = ()
        is_searched = toolbox.offering is Offering.SEARCH and connection is None
        if connection is None and (toolbox.has_own_tools or is_searched):
            own = self._local.listed(caller, only=None if toolbox.has_own_tools else FIND)
        key = ("tools", toolbox.version, connection, own, is_searched)
        if (known := self._rendered.get(key)) is None:
            theirs = [t.listed_plain for (c, _), t in toolbox.plain.items() if c == connection]
            if connection is None:
                theirs = list(EXECUTORS_LISTED) if is_searched else [t.listed for t in toolbox.tools.values()]
            known = self._keep(key, _array((*own, *theirs)))
        return known

    async def resources(self, caller: Caller, door: Door) -> bytes:
        connection, toolbox = door.connection, await self._visible(caller, door)
        if toolbox is None:
            return b"[]"
        if connection:
            return _array(tuple(r.listed_plain for (c, _), r in toolbox.plain_resources.items() if c == connection))
        return _array(tuple(r.listed for r in toolbox.resources.values()))

    async def templates(self, caller: Caller, door: Door) -> bytes:
        connection, toolbox = door.connection, await self._visible(caller, door)
        if toolbox is None:
            return b"[]"
        return _array(tuple(t.listed for t in toolbox.templates if connection in (None, t.connection.name)))

    async def prompts(self, caller: Caller, door: Door) -> bytes:
        connection, toolbox = door.connection, await self._visible(caller, door)
        if toolbox is None:
            return b"[]"
        if connection:
            return _array(tuple(p.listed_plain for (c, _), p in toolbox.plain_prompts.items() if c == connection))
        return _array(tuple(p.listed for p in toolbox.prompts.values()))

    async def _visible(self, caller: Caller, door: Door) -> Toolbox | None:
        if not caller.actor.may(Permission.CONNECTIONS_READ):
            return None
        toolbox = await self._toolboxes.of(caller.actor.workspace_id)
        return toolbox if door.toolset is None else toolbox.toolsets.get(door.toolset)

    def _keep(self, key: tuple[object, ...], rendered: bytes) -> bytes:
        if len(self._rendered) >= CACHED_LISTS:
            self._rendered.clear()
        self._rendered[key] = rendered
        return rendered


def _array(items: tuple[bytes, ...]) -> bytes:
    return b"[" + b",".join(items) + b"]"
