"""All open streams of this process, woken by the change feed."""

from collections import Counter, defaultdict

from conducktor.connections.standing.news import told_by
from conducktor.connections.standing.watches import Watches
from conducktor.connections.toolbox import ToolboxOf
from conducktor.core.actor import Permission
from conducktor.core.errors import Throttled
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.gateway.door import Door
from conducktor.gateway.list_tools import Lists
from conducktor.gateway.listener import Listener, Parts, Wants, behind
from conducktor.gateway.subscriptions import TOPIC
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change
from conducktor.oauth.caller import Caller

PER_PERSON = 32
IN_ALL = 5_000
UNHEARD = frozenset({"calls", "approvals", "budgets", "notices", "cancelled-requests", "sessions"})
"""Topics that change all the time and say nothing about what is listed."""


class TooManyStreams(Throttled):
    """Too many streams are open."""


class Listeners:
    """One per process."""

    def __init__(self, lists: Lists, toolboxes: ToolboxOf, watches: Watches, changes: ChangeFeed) -> None:
        self._parts = Parts(lists, toolboxes, watches)
        self._open: defaultdict[WorkspaceId, dict[Listener, Caller]] = defaultdict(dict)
        self._per_person: Counter[tuple[WorkspaceId, UserId]] = Counter()
        changes.subscribe(self._on_change, on_gap=self._wake_all)

    def open(self, caller: Caller, door: Door, wants: Wants) -> Listener:
        """`with` it. Raises TooManyStreams."""
        person = caller.actor.workspace_id, caller.actor.user_id
        if self._per_person[person] >= PER_PERSON or self._per_person.total() >= IN_ALL:
            raise TooManyStreams(
                f"There are {self._per_person[person]} open streams of yours.", next_step="Close some of them.", retry_after_s=30
            )
        listener = Listener(caller.actor.workspace_id, door, wants, parts=self._parts, over=self._forget)
        self._open[listener.workspace_id][listener] = caller
        self._per_person[person] += 1
        return listener

    def close(self) -> None:
        """End every stream: clients open another one, at a process that stays."""
        for listeners in self._open.values():
            for listener in listeners:
                listener.end()

    async def can_subscribe(self, caller: Caller, door: Door) -> bool:
        """Whether anything behind this endpoint tells of changed resources. Raises Unavailable."""
        if not caller.actor.may(Permission.CONNECTIONS_READ):
            return False
        toolbox = await self._parts.toolboxes.of(caller.actor.workspace_id)
        return any(told_by(connected).resources for connected in behind(toolbox, door))

    def _on_change(self, change: Change) -> None:
        if change.topic in UNHEARD:
            return
        concerned = self._open.values() if change.workspace_id is None else [self._open.get(WorkspaceId(change.workspace_id), {})]
        for listeners in concerned:
            for listener, caller in listeners.items():
                if change.topic == TOPIC:
                    if change.id != str(caller.authorization_id):
                        continue
                    listener.subscriptions_changed = True
                listener.woken.set()

    def _wake_all(self) -> None:
        for listeners in self._open.values():
            for listener in listeners:
                listener.subscriptions_changed = True
                listener.woken.set()

    def _forget(self, listener: Listener) -> None:
        listeners = self._open[listener.workspace_id]
        caller = listeners.pop(listener)
        if not listeners:
            del self._open[listener.workspace_id]
        person = caller.actor.workspace_id, caller.actor.user_id
        self._per_person[person] -= 1
        if not self._per_person[person]:
            del self._per_person[person]
