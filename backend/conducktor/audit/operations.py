"""Reading the trail."""

import base64
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from conducktor.audit import queries
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Invalid, NotFound
from conducktor.core.ids import CallId, UserId
from conducktor.core.operation import operation
from conducktor.core.tool_call import Outcome
from conducktor.infra.database import Transaction
from conducktor.infra.encryption import KeyRing

PAGE = 50
FACETS_FROM_DAYS = 30


class SearchAudit(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; None means any. `outcome` may name several; `policy` is one that had something to say about the call."""

    person: UUID | None = None
    connection: str | None = None
    tool: str | None = None
    outcome: list[Outcome] | None = None
    kind: str | None = None
    conversation: str | None = None
    policy: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. `outcome` is null while it is still running; `kind` is `call` or `operation`."""

    id: UUID
    at: datetime
    kind: str
    surface: str
    person_id: UUID
    person: str
    client_id: str | None
    client: str | None
    connection: str | None
    method: str
    tool: str
    operation_class: str | None
    outcome: Outcome | None
    reason: str | None
    duration_ms: float | None
    result_bytes: int | None
    conversation_id: str | None


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[AuditLine]
    next_cursor: str | None


class AuditEntryId(msgspec.Struct, frozen=True, kw_only=True):
    entry_id: UUID


class AuditDetail(msgspec.Struct, frozen=True, kw_only=True):
    """`arguments` is JSON text, or null with `arguments_withheld` saying why. `arguments_digest` is a keyed SHA-256, hex."""

    line: AuditLine
    network: str | None
    arguments: str | None
    arguments_withheld: str | None
    arguments_digest: str | None
    decision: dict[str, object] | None


class AuditSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of the last 24 hours; only one's own where the role does not include the whole audit."""

    calls: int
    denied: int
    failed: int
    since: datetime


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str


class AuditFacets(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters can offer: what occurred within the last 30 days."""

    people: list[Person]
    connections: list[str]
    tools: list[str]
    outcomes: list[Outcome]


@operation("audit.search", "GET /audit", Permission.AUDIT_READ_OWN, web_only="what others asked must not flow into a chat")
async def search_audit(actor: Actor, data: SearchAudit, *, tx: Transaction) -> AuditPage:
    """List calls and changes, newest first. Without the permission to read the whole audit: one's own."""
    person = UserId(data.person) if data.person else None
    wanted = queries.Filter(
        user_id=person if actor.may(Permission.AUDIT_READ) else actor.user_id,
        connection=data.connection,
        tool=data.tool,
        outcomes=tuple(outcome.value for outcome in data.outcome) if data.outcome else None,
        kind=data.kind,
        conversation=data.conversation,
        policy=data.policy,
        since=data.since,
        until=data.until,
    )
    lines = await queries.search(tx, actor.workspace_id, wanted, _from_cursor(data.cursor), PAGE + 1)
    more = len(lines) > PAGE
    return AuditPage(items=[_line(line) for line in lines[:PAGE]], next_cursor=_cursor(lines[PAGE - 1].id) if more else None)


@operation(
    "audit.get", "GET /audit/{entry_id}", Permission.AUDIT_READ_OWN, web_only="arguments of others must not flow into a chat"
)
async def get_audit_entry(actor: Actor, data: AuditEntryId, *, tx: Transaction, key_ring: KeyRing) -> AuditDetail:
    """Show one entry. Arguments are shown to the person who made the call and to auditors."""
    found = await queries.get(tx, actor.workspace_id, CallId(data.entry_id))
    is_own = found is not None and found.user_id == actor.user_id
    if found is None or not (is_own or actor.may(Permission.AUDIT_READ)):
        raise NotFound("There is no such entry in this workspace's audit.")
    shown = is_own or actor.may(Permission.AUDIT_READ_ARGUMENTS)
    sealed = found.arguments_sealed
    return AuditDetail(
        line=_line(found),
        network=found.network,
        arguments=key_ring.open(sealed, bound_to=found.id.bytes).decode("utf-8", "replace") if shown and sealed else None,
        arguments_withheld=None if shown else "Your role does not include reading other people's arguments.",
        arguments_digest=found.arguments_digest.hex() if found.arguments_digest else None,
        decision=found.decision,
    )


@operation("audit.summary", "GET /audit-summary", Permission.AUDIT_READ_OWN, web_only="it belongs to the overview page")
async def summarise_audit(actor: Actor, *, tx: Transaction, clock: Clock) -> AuditSummary:
    """Count the calls of the last 24 hours."""
    since = clock() - timedelta(hours=24)
    whole = actor.may(Permission.AUDIT_READ)
    found = await queries.counts(tx, actor.workspace_id, since, None if whole else actor.user_id)
    return AuditSummary(calls=found.calls, denied=found.denied, failed=found.failed, since=since)


@operation("audit.facets", "GET /audit-facets", Permission.AUDIT_READ_OWN, web_only="it fills the filters of the audit page")
async def list_audit_facets(actor: Actor, *, tx: Transaction, clock: Clock) -> AuditFacets:
    """List the people, connections and tools that occur in the audit."""
    people, connections, tools = await queries.facets(tx, actor.workspace_id, clock() - timedelta(days=FACETS_FROM_DAYS))
    if not actor.may(Permission.AUDIT_READ):
        people = [(actor.user_id, actor.user_name)]
    return AuditFacets(
        people=sorted((Person(id=i, name=n) for i, n in people), key=lambda p: p.name),
        connections=connections,
        tools=tools,
        outcomes=list(Outcome),
    )


OPERATIONS = (search_audit, get_audit_entry, summarise_audit, list_audit_facets)


def _line(found: queries.Line) -> AuditLine:
    return AuditLine(
        id=found.id,
        at=found.at,
        kind=found.kind,
        surface=found.surface,
        person_id=found.user_id,
        person=found.user_name,
        client_id=found.client_id,
        client=found.client_name,
        connection=found.connection_name,
        method=found.method,
        tool=found.tool,
        operation_class=found.operation_class,
        outcome=Outcome(found.outcome) if found.outcome else None,
        reason=found.reason,
        duration_ms=found.duration_us / 1000 if found.duration_us is not None else None,
        result_bytes=found.result_bytes,
        conversation_id=found.conversation_id,
    )


def _cursor(entry_id: CallId) -> str:
    return base64.urlsafe_b64encode(entry_id.bytes).decode().rstrip("=")


def _from_cursor(cursor: str | None) -> CallId | None:
    if cursor is None:
        return None
    try:
        return CallId(UUID(bytes=base64.urlsafe_b64decode(cursor + "==")))
    except ValueError:
        raise Invalid("This page cursor is not valid.", next_step="Open the list from its beginning.") from None
