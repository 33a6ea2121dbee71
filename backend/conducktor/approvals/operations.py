"""What people and agents do with approvals."""

from functools import partial

import msgspec

from conducktor.approvals import decide, show
from conducktor.approvals.approval import Approval, Decision
from conducktor.approvals.decide import Finding, Wish
from conducktor.approvals.ring import Waiting
from conducktor.approvals.show import Light
from conducktor.approvals.state import State
from conducktor.approvals.views import ApprovalCounts, ApprovalDetail, ApprovalLine, ApprovalPage, DecidedItem, DecidedMany
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError, Invalid
from conducktor.core.ids import ApprovalId
from conducktor.core.operation import operation
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.infra.queue import Doorbell
from conducktor.settings import Settings

AT_ONCE_MAX = 100


class ListApprovals(msgspec.Struct, frozen=True, kw_only=True):
    """`states`: only those; `mine`: only your own requests; `cursor`: the page after the one that named it."""

    states: list[State] | None = None
    mine: bool = False
    cursor: str | None = None


class WhichApproval(msgspec.Struct, frozen=True, kw_only=True):
    approval_id: ApprovalId


class DecideApproval(msgspec.Struct, frozen=True, kw_only=True):
    """`comment` is shown to the requester."""

    approval_id: ApprovalId
    decision: Decision
    comment: str | None = None


class DecideApprovals(msgspec.Struct, frozen=True, kw_only=True):
    approval_ids: list[ApprovalId]
    decision: Decision
    comment: str | None = None


class CloseApproval(msgspec.Struct, frozen=True, kw_only=True):
    """`happened`: whether the service carried the call out. `comment`: how you know."""

    approval_id: ApprovalId
    happened: bool
    comment: str


@operation("approvals.list", "GET /approvals", Permission.TOOLS_CALL)
async def list_approvals(
    actor: Actor, data: ListApprovals, *, tx: Transaction, clock: Clock, key_ring: KeyRing, settings: Settings
) -> ApprovalPage:
    """List requests for approval, the newest first: your own with their state and result, and those you may decide."""
    wanted = show.wanted(data.states, data.mine, data.cursor)
    return await show.page(tx, actor, wanted, Light(clock(), key_ring, settings.origin))


@operation("approvals.counts", "GET /approvals/counts", Permission.TOOLS_CALL, web_only="it is the badge of the navigation")
async def count_approvals(actor: Actor, *, tx: Transaction, clock: Clock) -> ApprovalCounts:
    """Count what waits for you and what you wait for."""
    return await show.counts(tx, actor, clock())


@operation("approvals.get", "GET /approvals/{approval_id}", Permission.TOOLS_CALL)
async def get_approval(
    actor: Actor, data: WhichApproval, *, tx: Transaction, clock: Clock, key_ring: KeyRing, settings: Settings
) -> ApprovalDetail:
    """Show one request: what, who, when, why, the exact arguments, the tool's definition, and earlier similar decisions."""
    return await show.detail(tx, actor, data.approval_id, Light(clock(), key_ring, settings.origin))


@operation("approvals.decide", "POST /approvals/{approval_id}/decision", Permission.APPROVALS_ANSWER, destructive=True)
async def approve_workflow_run(
    actor: Actor,
    data: DecideApproval,
    *,
    tx: Transaction,
    clock: Clock,
    doorbell: Doorbell,
    key_ring: KeyRing,
    settings: Settings,
) -> ApprovalLine:
    """Approve or deny a request that waits for you. What is approved is carried out at once, exactly as it was asked.

    Look at its arguments first (conducktr_get_approval), and decide only what the person you act for has told you to.
    """
    wish = Wish(approval_id=data.approval_id, decision=data.decision, comment=data.comment)
    await _decide(tx, actor, wish, clock, doorbell)
    return await show.line(tx, actor, data.approval_id, Light(clock(), key_ring, settings.origin))


@operation(
    "approvals.decide_many", "POST /approvals/decisions", Permission.APPROVALS_ANSWER, web_only="a chat decides one by one"
)
async def decide_approvals(
    actor: Actor, data: DecideApprovals, *, database: Database, clock: Clock, doorbell: Doorbell
) -> DecidedMany:
    """Approve or deny several requests. Each is decided for itself: one that can not be decided does not hold up the others."""
    if len(data.approval_ids) > AT_ONCE_MAX:
        raise Invalid(f"Decide at most {AT_ONCE_MAX} at once.")
    items = []
    for approval_id in dict.fromkeys(data.approval_ids):
        wish = Wish(approval_id=approval_id, decision=data.decision, comment=data.comment)
        try:
            async with database.transaction() as tx:
                decided = await _decide(tx, actor, wish, clock, doorbell)
            items.append(DecidedItem(id=approval_id, state=decided.state, problem=None))
        except ConducktorError as error:
            known = error.facts.get("state")
            items.append(DecidedItem(id=approval_id, state=State(known) if known else None, problem=error.detail))
    return DecidedMany(items=items)


@operation("approvals.cancel", "POST /approvals/{approval_id}/cancellation", Permission.TOOLS_CALL)
async def cancel_approval(
    actor: Actor, data: WhichApproval, *, tx: Transaction, clock: Clock, key_ring: KeyRing, settings: Settings
) -> ApprovalLine:
    """Take back a request of your own that nobody has decided yet."""
    await decide.cancel(tx, actor, data.approval_id, clock())
    return await show.line(tx, actor, data.approval_id, Light(clock(), key_ring, settings.origin))


@operation(
    "approvals.close",
    "POST /approvals/{approval_id}/closing",
    Permission.APPROVALS_ANSWER,
    web_only="only a person can have looked whether it happened",
)
async def close_approval(
    actor: Actor, data: CloseApproval, *, tx: Transaction, clock: Clock, key_ring: KeyRing, settings: Settings
) -> ApprovalLine:
    """Say whether a request with an unknown outcome was carried out, after having looked at the service."""
    finding = Finding(approval_id=data.approval_id, happened=data.happened, comment=data.comment)
    await decide.close(tx, actor, finding, clock())
    return await show.line(tx, actor, data.approval_id, Light(clock(), key_ring, settings.origin))


OPERATIONS = (
    list_approvals,
    count_approvals,
    get_approval,
    approve_workflow_run,
    decide_approvals,
    cancel_approval,
    close_approval,
)


async def _decide(tx: Transaction, actor: Actor, wish: Wish, clock: Clock, doorbell: Doorbell) -> Approval:
    decided = await decide.decide(tx, actor, wish, clock())
    if decided.state is State.APPROVED:
        tx.after_commit(partial(Waiting(decided.workspace_id, decided.id, decided.claim_token).ring, doorbell))
    return decided
