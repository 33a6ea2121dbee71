"""What the requester is told, state by state."""

from datetime import timedelta
from typing import Any, assert_never

import msgspec

from conducktor.approvals.approval import Approval
from conducktor.approvals.approvers import addressees
from conducktor.approvals.state import State
from conducktor.core.errors import ConducktorError, Kind

RESULT_KEPT = timedelta(hours=24)
"""How long the same call gets the stored answer; after that it is a new request."""


class ApprovalPending(ConducktorError):
    """A person must agree to this call first."""

    kind = Kind.PENDING


class ApprovalDenied(ConducktorError):
    """A person said no to this call."""

    kind = Kind.FORBIDDEN


class NotCarriedOut(ConducktorError):
    """The request is over, and the call was not made."""

    kind = Kind.FORBIDDEN


class NotWorthAsking(ConducktorError):
    """Nobody is asked about such a request."""

    kind = Kind.FORBIDDEN


class OutcomeUnknown(ConducktorError):
    """It is not known whether the call was carried out."""

    kind = Kind.PENDING


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What else is known: an earlier request for the same call that came to nothing, who denied this one.

    `is_stuck`: fewer people may decide it than must agree.
    """

    before: Approval | None = None
    denied_by: str | None = None
    is_stuck: bool = False


def refusal(approval: Approval, origin: str, told: Told) -> ConducktorError:
    """For every state but `executed` with a result."""
    facts: dict[str, Any] = {
        "approval_id": str(approval.id),
        "link": origin + approval.path(),
        "expires_at": approval.expires_at.isoformat(timespec="seconds"),
        "state": approval.state.value,
    }
    if told.before:
        facts["before"] = {
            "approval_id": str(told.before.id),
            "state": told.before.state.value,
            "reason": told.before.reason,
        }
    if told.is_stuck:
        facts["nobody_can_decide"] = True
    match approval.state:
        case State.PENDING:
            return ApprovalPending(_sentence(approval), next_step=_next_step(told), **facts)
        case State.APPROVED | State.EXECUTING:
            again = "Repeat this same call in a moment to get its result."
            return ApprovalPending("Approved, being carried out.", next_step=again, **facts)
        case State.EXECUTED:
            detail = f"Approved and carried out, but its answer is not known. {approval.reason or ''}"
            return NotCarriedOut(detail.rstrip(), next_step="Look at the service for what it did.", **facts)
        case State.DENIED:
            why = f": {approval.reason}" if approval.reason else "."
            step = f"Tell the person. Do not call again unchanged before {facts['expires_at']}."
            return ApprovalDenied(f"The request was denied by {told.denied_by or 'an approver'}{why}", next_step=step, **facts)
        case State.UNKNOWN:
            detail = f"The call was approved and sent, but it is not known whether it was carried out. {approval.reason or ''}"
            step = "Do not repeat it. An approver must look at the service and say so on the request's page."
            return OutcomeUnknown(detail.rstrip(), next_step=step, **facts)
        case State.EXPIRED | State.CANCELLED | State.VOID:
            return NotCarriedOut(_over(approval), next_step="Repeat this same call to ask again.", **facts)
        case _:
            assert_never(approval.state)


def _sentence(approval: Approval) -> str:
    """The words of the product's guide."""
    return f"Approval required. Request sent to {addressees(approval.questions)}."


def _next_step(told: Told) -> str:
    earlier = f"An earlier request for this call came to nothing: {_over(told.before)} " if told.before else ""
    if told.is_stuck:
        return (
            f"{earlier}Nothing was done yet, and too few people may decide it: nobody decides the own request. "
            "Tell the person to ask an owner or admin for another approver, or to allow it in the workspace's settings."
        )
    return (
        f"{earlier}Nothing was done yet. Tell the person that the request waits for a decision; "
        "repeat this same call later to get its state, and its result once it was carried out."
    )


def _over(approval: Approval) -> str:
    match approval.state:
        case State.EXPIRED:
            return "Nobody decided in time."
        case State.CANCELLED:
            return "It was taken back by its requester."
        case _:
            return f"It was not carried out. {approval.reason or ''}".rstrip()
