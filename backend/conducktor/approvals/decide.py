"""People answer: one vote each, the first final state wins."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from conducktor.approvals import queries
from conducktor.approvals.approval import Approval, Decision, Vote
from conducktor.approvals.approvers import Person, addressees, given, may_answer, needed
from conducktor.approvals.state import State
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Conflict, Forbidden, Invalid, NotFound
from conducktor.core.ids import ApprovalId, UserId
from conducktor.infra.database import Change, Transaction

COMMENT_MAX = 1000


class AlreadyDecided(Conflict):
    """This request is not open any more."""


class NotYours(Forbidden):
    """This request is not yours to decide."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    approval_id: ApprovalId
    decision: Decision
    comment: str | None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a person found at the service; `comment` says how."""

    approval_id: ApprovalId
    happened: bool
    comment: str


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """All that a decision about one approval rests on, as of `now`. `people`: who asks, and the voters who are still members."""

    approval: Approval
    votes: tuple[Vote, ...]
    people: Mapping[UserId, Person]
    allows_self_approval: bool
    now: datetime

    def why_not(self, user_id: UserId) -> str | None:
        """Why this person cannot decide now; None when he can."""
        approval, person = self.approval, self.people.get(user_id)
        state = approval.state_at(self.now)
        if state is not State.PENDING:
            return f"It is not open any more: {IN_WORDS[state]}."
        if approval.requester_id == user_id and not self.allows_self_approval:
            return "Nobody decides the own request in this workspace."
        if person is None or not may_answer(person, approval):
            return f"It was sent to {addressees(approval.questions)}."
        if any(vote.user_id == user_id for vote in self.votes):
            return "You have agreed already; others must agree too."
        return None

    def is_settled(self) -> bool:
        """Whether enough people agree on every question."""
        return all(given(asked, self.votes, self.people) >= needed(asked) for asked in self.approval.questions)


IN_WORDS = {
    State.PENDING: "it waits for a decision",
    State.APPROVED: "it was approved and is being carried out",
    State.EXECUTING: "it was approved and is being carried out",
    State.EXECUTED: "it was approved and carried out",
    State.DENIED: "it was denied",
    State.EXPIRED: "nobody decided in time",
    State.CANCELLED: "the requester took it back",
    State.VOID: "it was not carried out",
    State.UNKNOWN: "whether it was carried out is not known",
}


async def decide(tx: Transaction, actor: Actor, wish: Wish, now: datetime) -> Approval:
    """Record one person's answer; whoever gets APPROVED back has it carried out.

    Raises NotFound, NotYours, AlreadyDecided with the state, Invalid for the comment.
    """
    comment = _comment(wish.comment)
    hearing = await hear(tx, actor, await queries.locked(tx, actor.workspace_id, wish.approval_id), now)
    approval = hearing.approval
    _require(hearing, actor.user_id)
    agrees = wish.decision is Decision.APPROVE
    vote = Vote(user_id=actor.user_id, user_name=actor.user_name, is_approval=agrees, comment=comment, voted_at=now)
    await queries.add_vote(tx, actor.workspace_id, approval.id, vote)
    hearing = msgspec.structs.replace(hearing, votes=(*hearing.votes, vote))
    if not agrees:
        values = {"state": State.DENIED, "decided_at": now, "ended_at": now, "reason": comment}
    elif hearing.is_settled():
        values = {"state": State.APPROVED, "decided_at": now}
    else:
        values = {}
    if values:
        await queries.move(tx, actor.workspace_id, approval.id, {State.PENDING}, values)
    await announce(tx, approval)
    return msgspec.structs.replace(approval, **values)


async def cancel(tx: Transaction, actor: Actor, approval_id: ApprovalId, now: datetime) -> Approval:
    """The requester takes it back. Raises NotFound, AlreadyDecided."""
    approval = await queries.locked(tx, actor.workspace_id, approval_id)
    if approval is None or approval.requester_id != actor.user_id:
        raise no_such_approval()
    _require_open(approval, now)
    values = {"state": State.CANCELLED, "ended_at": now}
    await queries.move(tx, actor.workspace_id, approval_id, {State.PENDING}, values)
    await announce(tx, approval)
    return msgspec.structs.replace(approval, **values)


async def close(tx: Transaction, actor: Actor, finding: Finding, now: datetime) -> Approval:
    """Somebody looked at the service, and says whether the call was carried out. Raises NotFound, NotYours, AlreadyDecided."""
    text = _comment(finding.comment)
    if not text:
        raise Invalid("Say what you found.", errors={"comment": "Say what you found."})
    hearing = await hear(tx, actor, await queries.locked(tx, actor.workspace_id, finding.approval_id), now)
    approval = hearing.approval
    if approval.state is not State.UNKNOWN:
        raise AlreadyDecided("There is nothing unknown about this request.", state=approval.state.value)
    if not can_close(hearing, actor.user_id):
        raise NotYours(f"It was sent to {addressees(approval.questions)}.")
    said = "it was carried out" if finding.happened else "it was not carried out"
    # A higher token: the worker that lost its way can not overwrite what a person found.
    values = {
        "state": State.EXECUTED if finding.happened else State.VOID,
        "reason": f"{actor.user_name} looked: {said}. {text}",
        "claim_token": approval.claim_token + 1,
    }
    await queries.move(tx, actor.workspace_id, approval.id, {State.UNKNOWN}, values)
    await announce(tx, approval)
    return msgspec.structs.replace(approval, **values)


async def hear(tx: Transaction, actor: Actor, approval: Approval | None, now: datetime) -> Hearing:
    """Raises NotFound: also for whom it is not to see."""
    if approval is None:
        raise no_such_approval()
    votes = (await queries.votes(tx, actor.workspace_id, [approval.id])).get(approval.id, ())
    people = await queries.people(tx, actor.workspace_id, {actor.user_id, *(vote.user_id for vote in votes)})
    hearing = Hearing(
        approval=approval,
        votes=votes,
        people=people,
        allows_self_approval=await queries.allows_self_approval(tx, actor.workspace_id),
        now=now,
    )
    if not may_see(hearing, actor):
        raise no_such_approval()
    return hearing


def may_see(hearing: Hearing, actor: Actor) -> bool:
    """The requester, those who were asked, and those whose role decides approvals."""
    return (
        hearing.approval.requester_id == actor.user_id
        or is_asked(hearing, actor.user_id)
        or actor.may(Permission.APPROVALS_DECIDE)
    )


def is_asked(hearing: Hearing, user_id: UserId) -> bool:
    person = hearing.people.get(user_id)
    return person is not None and may_answer(person, hearing.approval)


def can_close(hearing: Hearing, user_id: UserId) -> bool:
    """Those who could have decided: also about the end."""
    is_own = hearing.approval.requester_id == user_id and not hearing.allows_self_approval
    return hearing.approval.state is State.UNKNOWN and is_asked(hearing, user_id) and not is_own


def no_such_approval() -> NotFound:
    return NotFound("There is no such request in this workspace, or it is not yours to see.")


async def announce(tx: Transaction, approval: Approval) -> None:
    await tx.announce(Change(topic="approvals", workspace_id=approval.workspace_id, id=str(approval.id)))


def _require(hearing: Hearing, user_id: UserId) -> None:
    reason = hearing.why_not(user_id)
    if reason is None:
        return
    _require_open(hearing.approval, hearing.now)
    if any(vote.user_id == user_id for vote in hearing.votes):
        raise AlreadyDecided(reason, state=hearing.approval.state.value)
    raise NotYours(reason, next_step="Somebody else must decide it.")


def _require_open(approval: Approval, now: datetime) -> None:
    state = approval.state_at(now)
    if state is not State.PENDING:
        raise AlreadyDecided(f"It is not open any more: {IN_WORDS[state]}.", state=state.value)


def _comment(text: str | None) -> str | None:
    given = (text or "").strip().replace("\0", "")
    if len(given) > COMMENT_MAX:
        raise Invalid("The comment is too long.", errors={"comment": f"At most {COMMENT_MAX} characters."})
    return given or None
