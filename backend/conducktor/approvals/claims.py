"""SQL of claims: each statement is one step of the way from `approved` to an end, guarded by the token."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from conducktor.approvals import queries
from conducktor.approvals.approval import Approval
from conducktor.approvals.models import ApprovalRow
from conducktor.approvals.ring import Waiting
from conducktor.approvals.state import State
from conducktor.core.ids import ApprovalId, WorkspaceId
from conducktor.core.tool_call import ApprovalClaim
from conducktor.infra.database import Transaction

AT_ONCE = 200

Found = list[tuple[WorkspaceId, ApprovalId]]


async def take(tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId, until: datetime) -> int | None:
    """Returns the new token; None when it is not `approved`."""
    mine = (ApprovalRow.workspace_id == workspace_id, ApprovalRow.id == approval_id, ApprovalRow.state == State.APPROVED)
    values = {"state": State.EXECUTING, "claim_token": ApprovalRow.claim_token + 1, "claimed_until": until}
    return await tx.session.scalar(update(ApprovalRow).where(*mine).values(values).returning(ApprovalRow.claim_token))


async def renew(tx: Transaction, workspace_id: WorkspaceId, claim: ApprovalClaim, until: datetime) -> bool:
    return await _change(tx, _mine(workspace_id, claim), {"claimed_until": until})


async def held(tx: Transaction, workspace_id: WorkspaceId, claim: ApprovalClaim) -> Approval | None:
    """The approval, while the claim holds."""
    approval = await queries.get(tx, workspace_id, claim.approval_id)
    holds = approval and approval.state is State.EXECUTING and approval.claim_token == claim.token
    return approval if holds else None


async def mark_sent(tx: Transaction, workspace_id: WorkspaceId, claim: ApprovalClaim, now: datetime) -> bool:
    """False when the claim is lost, or it was sent before."""
    return await _change(tx, (*_mine(workspace_id, claim), ApprovalRow.sent_at.is_(None)), {"sent_at": now})


async def release(tx: Transaction, workspace_id: WorkspaceId, claim: ApprovalClaim) -> bool:
    """Back to `approved`; False when it was sent."""
    unsent = (*_mine(workspace_id, claim), ApprovalRow.sent_at.is_(None))
    return await _change(tx, unsent, {"state": State.APPROVED, "claimed_until": None})


async def end(
    tx: Transaction, workspace_id: WorkspaceId, claim: ApprovalClaim, values: dict[str, Any], *, was_sent: bool
) -> bool:
    """`was_sent`: only if it was, and then also over `outcome_unknown`; else only if it was not."""
    if was_sent:
        which = (*_mine(workspace_id, claim, State.EXECUTING, State.UNKNOWN), ApprovalRow.sent_at.is_not(None))
    else:
        which = (*_mine(workspace_id, claim), ApprovalRow.sent_at.is_(None))
    return await _change(tx, which, {**values, "claimed_until": None})


async def expire(tx: Transaction, now: datetime) -> Found:
    """Crosses workspaces, like all that follow: sweeps."""
    late = (ApprovalRow.state == State.PENDING, ApprovalRow.expires_at <= now)
    return await _sweep(tx, late, {"state": State.EXPIRED, "ended_at": now})


async def void_late(tx: Transaction, decided_before: datetime, now: datetime, reason: str) -> Found:
    late = (ApprovalRow.state == State.APPROVED, ApprovalRow.decided_at < decided_before)
    return await _sweep(tx, late, {"state": State.VOID, "ended_at": now, "reason": reason})


async def take_back(tx: Transaction, now: datetime) -> Found:
    """Claims that lapsed before anything was sent."""
    lapsed = (ApprovalRow.state == State.EXECUTING, ApprovalRow.claimed_until < now, ApprovalRow.sent_at.is_(None))
    return await _sweep(tx, lapsed, {"state": State.APPROVED, "claimed_until": None})


async def lose_lapsed(tx: Transaction, now: datetime, reason: str) -> Found:
    """Claims that lapsed after it was sent."""
    lapsed = (ApprovalRow.state == State.EXECUTING, ApprovalRow.claimed_until < now, ApprovalRow.sent_at.is_not(None))
    return await _sweep(tx, lapsed, {"state": State.UNKNOWN, "ended_at": now, "reason": reason})


async def waiting(tx: Transaction) -> list[Waiting]:
    """Approved, and not claimed."""
    columns = select(ApprovalRow.workspace_id, ApprovalRow.id, ApprovalRow.claim_token)
    rows = await tx.session.execute(
        columns.where(ApprovalRow.state == State.APPROVED).order_by(ApprovalRow.decided_at).limit(AT_ONCE)
    )
    return [Waiting(WorkspaceId(workspace_id), ApprovalId(id_), token) for workspace_id, id_, token in rows]


def _mine(workspace_id: WorkspaceId, claim: ApprovalClaim, *states: State) -> tuple[Any, ...]:
    return (
        ApprovalRow.workspace_id == workspace_id,
        ApprovalRow.id == claim.approval_id,
        ApprovalRow.claim_token == claim.token,
        ApprovalRow.state.in_(states or (State.EXECUTING,)),
    )


async def _change(tx: Transaction, which: tuple[Any, ...], values: dict[str, Any]) -> bool:
    return await tx.session.scalar(update(ApprovalRow).where(*which).values(**values).returning(ApprovalRow.id)) is not None


async def _sweep(tx: Transaction, which: tuple[Any, ...], values: dict[str, Any]) -> Found:
    some = select(ApprovalRow.id).where(*which).limit(AT_ONCE).with_for_update(skip_locked=True)
    statement = update(ApprovalRow).where(ApprovalRow.id.in_(some.scalar_subquery()), *which).values(**values)
    rows = await tx.session.execute(statement.returning(ApprovalRow.workspace_id, ApprovalRow.id))
    return [(WorkspaceId(workspace_id), ApprovalId(id_)) for workspace_id, id_ in rows]
