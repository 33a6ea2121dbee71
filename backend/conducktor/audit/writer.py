"""Writing the trail: entries are committed before anything happens, outcomes follow."""

from asyncio import Future
from functools import lru_cache
from uuid import UUID

import msgspec

from conducktor.audit import queries
from conducktor.audit.call_news import CallNews
from conducktor.audit.group_commit import Backlog, GroupCommit, Row
from conducktor.audit.trail import Trail
from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.ids import GroupId, new_id
from conducktor.core.tool_call import CallRequest, Outcome, ToolCall
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing

REASON_LIMIT = 500
TEXT_LIMIT = 500


class AuditWriter:
    """One per process. `trail` wraps a call; `record_operation` joins a change's own transaction."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._key_ring = key_ring
        self._clock = clock
        self._entries = GroupCommit(database, "audit_entries", queries.ENTRY_COLUMNS)
        self._outcomes = Backlog(database, "audit_outcomes", queries.OUTCOME_COLUMNS, queries.INSERT_OUTCOME, self._announcement)
        self._workspaces: dict[UUID, UUID] = {}
        self._news = CallNews(database)

    async def start(self) -> None:
        await self._entries.start()
        await self._outcomes.start()

    async def stop(self) -> None:
        await self._entries.stop()
        await self._outcomes.stop()
        await self._news.stop()

    def trail(self, actor: Actor, request: CallRequest) -> Trail:
        """`with` it around the call."""
        return Trail(self._submit, self._complete, actor, request)

    async def record_operation(self, tx: Transaction, actor: Actor, operation_name: str, data: msgspec.Struct) -> None:
        """A change made through the JSON API or a management tool; committed with it. Inputs are sealed, never in clear."""
        entry_id, now = new_id(), self._clock()
        given = msgspec.json.encode(_without_secrets(data))
        row = (
            entry_id, now, actor.workspace_id, "operation", actor.surface.value, actor.user_id, actor.user_name, actor.client_id,
            actor.client_name, None, None, "operation", operation_name, None, None, self._digest(given),
            self._key_ring.seal(given, bound_to=entry_id.bytes), None, actor.network,
        )  # fmt: skip
        await queries.insert_entry(tx, row)
        await queries.insert_outcome(tx, (entry_id, now, Outcome.OK.value, None, None, None, None, None))
        await tx.announce(Change(topic="calls", workspace_id=actor.workspace_id))

    def _submit(self, actor: Actor, request: CallRequest, call: ToolCall | None) -> Future[None]:
        arguments = bytes(request.arguments)
        conversation = _storable(request.conversation_id) if request.conversation_id else None
        return self._entries.submit((
            request.id, self._clock(), actor.workspace_id, "call", actor.surface.value, actor.user_id, actor.user_name,
            actor.client_id, actor.client_name, call.connection_id if call else None,
            call.connection_name if call else request.connection, request.method, _storable(call.tool if call else request.name),
            call.operation_class.value if call else None, _judged_by(actor, call),
            self._digest(arguments), self._key_ring.seal(arguments, bound_to=request.id.bytes), conversation,
            actor.network,
        ))  # fmt: skip

    def _complete(self, trail: Trail) -> None:
        self._workspaces[trail.request.id] = trail.actor.workspace_id
        decision = msgspec.json.encode(found).decode() if (found := trail.decision) else None
        reason = _storable(trail.reason, REASON_LIMIT) if trail.reason else None
        self._outcomes.add((
            trail.request.id, self._clock(), trail.outcome.value, reason, decision, trail.duration_us(), trail.result_bytes,
            trail.cost,
        ))  # fmt: skip

    def _announcement(self, rows: list[Row]) -> str | None:
        return self._news.statement({w for row in rows if (w := self._workspaces.pop(row[0], None))})  # type: ignore[call-overload]

    def _digest(self, arguments: bytes) -> bytes:
        return self._key_ring.digest("arguments", arguments)


def _judged_by(actor: Actor, call: ToolCall | None) -> str:
    """What policies saw beside the other columns; the full name only where it is not what connection and tool would make."""
    unusual = None
    if call and call.connection_id and call.full_name != f"{call.connection_name}_{call.tool}":
        unusual = _storable(call.full_name)
    return _caller(actor.role, actor.groups, actor.user_email, unusual)


@lru_cache(maxsize=4096)
def _caller(role: str, groups: frozenset[GroupId], email: str, full_name: str | None) -> str:
    told = {"role": role, "groups": sorted(groups), "email": email}
    return msgspec.json.encode(told | ({"full_name": full_name} if full_name else {})).decode()


def _storable(text: str, limit: int = TEXT_LIMIT) -> str:
    """What clients write, as PostgreSQL can keep it: no NUL (shown as its picture), not endless."""
    return text[:limit].replace("\0", "\N{SYMBOL FOR NULL}")


_SECRET_FIELDS = frozenset({"secret", "password", "token"})


def _without_secrets(data: msgspec.Struct) -> dict[str, object]:
    given = msgspec.structs.asdict(data)
    return {k: ("(secret)" if k in _SECRET_FIELDS and v else v) for k, v in given.items() if v is not msgspec.UNSET}
