"""From what is stored to what one person may see of it."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.approvals import queries
from conducktor.approvals.approval import Approval, Decision, FrozenCall, KeptResult, Vote
from conducktor.approvals.approvers import Person, given, needed
from conducktor.approvals.decide import Hearing, can_close, hear, is_asked
from conducktor.approvals.queries import Viewer, Wanted
from conducktor.approvals.state import State
from conducktor.approvals.views import (
    ApprovalCounts,
    ApprovalDetail,
    ApprovalLine,
    ApprovalPage,
    EarlierDecision,
    QuestionView,
    VoteView,
)
from conducktor.core.actor import Actor, Permission, Surface
from conducktor.core.errors import Invalid
from conducktor.core.ids import ApprovalId
from conducktor.core.tool_call import CallResult
from conducktor.infra.database import Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.workspaces.roles import Role

PAGE = 50
RESULT_SHOWN = 2_000
ARGUMENTS_SHOWN = 100_000
EARLIER_SHOWN = 10

_WITHHELD = "Only the requester and those who were asked read the arguments."


class Light(msgspec.Struct, frozen=True):
    """What is needed to show anything: the time, the key to what is sealed, and where our pages are."""

    now: datetime
    key_ring: KeyRing
    origin: str


async def page(tx: Transaction, actor: Actor, wanted: Wanted, light: Light) -> ApprovalPage:
    """The newest first."""
    found = await queries.page(tx, actor.workspace_id, viewer(actor), wanted, PAGE + 1)
    shown = found[:PAGE]
    hearings = await _hearings(tx, actor, [approval for approval, _ in shown], light.now)
    items = [_line(hearing, actor, light, sealed) for hearing, (_, sealed) in zip(hearings, shown, strict=True)]
    return ApprovalPage(items=items, next_cursor=_cursor(shown[-1][0].id) if len(found) > PAGE else None)


async def counts(tx: Transaction, actor: Actor, now: datetime) -> ApprovalCounts:
    hearings = await _hearings(tx, actor, await queries.open_for(tx, actor.workspace_id, viewer(actor), now), now)
    mine = [h for h in hearings if h.approval.requester_id == actor.user_id and h.approval.state is State.PENDING]
    return ApprovalCounts(
        waiting_for_me=sum(1 for h in hearings if h.why_not(actor.user_id) is None),
        mine_waiting=len(mine),
        to_close=sum(1 for h in hearings if can_close(h, actor.user_id)),
    )


async def line(tx: Transaction, actor: Actor, approval_id: ApprovalId, light: Light) -> ApprovalLine:
    """Raises NotFound."""
    hearing = await hear(tx, actor, await queries.get(tx, actor.workspace_id, approval_id), light.now)
    _, sealed = await queries.sealed(tx, actor.workspace_id, approval_id)
    return _line(hearing, actor, light, sealed if hearing.approval.requester_id == actor.user_id else None)


async def detail(tx: Transaction, actor: Actor, approval_id: ApprovalId, light: Light) -> ApprovalDetail:
    """Raises NotFound."""
    hearing = await hear(tx, actor, await queries.get(tx, actor.workspace_id, approval_id), light.now)
    approval = hearing.approval
    is_mine = approval.requester_id == actor.user_id
    params_sealed, result_sealed = await queries.sealed(tx, actor.workspace_id, approval_id)
    may_read = is_mine or is_asked(hearing, actor.user_id)
    arguments, withheld = _opened(light.key_ring, approval, params_sealed) if may_read else (None, _WITHHELD)
    text = msgspec.json.format(arguments, indent=2).decode() if arguments is not None else None
    says = await queries.tool_says(tx, actor.workspace_id, approval)
    return ApprovalDetail(
        approval=_line(hearing, actor, light, result_sealed if is_mine else None),
        arguments=text[:ARGUMENTS_SHOWN] if text is not None else None,
        arguments_is_cut=text is not None and len(text) > ARGUMENTS_SHOWN,
        arguments_bytes=len(arguments) if arguments is not None else None,
        arguments_digest=hashlib.sha256(arguments).hexdigest() if arguments is not None else None,
        arguments_withheld=withheld,
        definition=says.definition.decode("utf-8", "replace") if says.definition else None,
        definition_note=None if says.definition else _no_definition(approval),
        title_here=says.title_here,
        description_here=says.description_here,
        votes=[_vote(vote) for vote in hearing.votes],
        earlier=await _earlier(tx, actor, approval),
        call_id=approval.call_id,
        execution_call_id=approval.execution_call_id,
    )


def viewer(actor: Actor) -> Viewer:
    """A client without the scope for approvals sees its person's own requests only."""
    role = Role(actor.role)
    person = Person(user_id=actor.user_id, name=actor.user_name, email=actor.user_email, role=role, groups=actor.groups)
    is_asked = actor.surface is Surface.WEB or actor.may(Permission.APPROVALS_ANSWER)
    return Viewer(person=person, sees_all=actor.may(Permission.APPROVALS_DECIDE), is_asked=is_asked)


def wanted(states: Sequence[State] | None, only_mine: bool, cursor: str | None) -> Wanted:
    """Raises Invalid for a cursor that no page gave."""
    try:
        before = UUID(bytes=base64.urlsafe_b64decode(cursor + "==")) if cursor else None
    except ValueError:
        raise Invalid("This cursor is not one of ours.") from None
    return Wanted(states=tuple(states) if states else None, only_mine=only_mine, before=before)


def frozen(key_ring: KeyRing, approval: Approval, params_sealed: bytes) -> tuple[FrozenCall, bytes]:
    """The call that was frozen, and its arguments as JSON bytes."""
    call = msgspec.json.decode(key_ring.open(params_sealed, bound_to=approval.id.bytes), type=FrozenCall)
    params = msgspec.json.decode(call.params, type=dict[str, msgspec.Raw])
    return call, bytes(params.get("arguments", b"{}"))


def kept_result(key_ring: KeyRing, approval: Approval, sealed: bytes) -> CallResult:
    return msgspec.json.decode(key_ring.open(sealed, bound_to=approval.id.bytes), type=KeptResult).restored()


def _opened(key_ring: KeyRing, approval: Approval, params_sealed: bytes) -> tuple[bytes | None, str | None]:
    """The arguments, or why they can not be shown: a row that somebody tampered with must not hide itself."""
    try:
        return frozen(key_ring, approval, params_sealed)[1], None
    except Invalid as error:
        return None, error.detail


async def _hearings(tx: Transaction, actor: Actor, approvals: Sequence[Approval], now: datetime) -> list[Hearing]:
    votes = await queries.votes(tx, actor.workspace_id, [approval.id for approval in approvals])
    voters = {vote.user_id for given_ in votes.values() for vote in given_}
    people = await queries.people(tx, actor.workspace_id, {actor.user_id, *voters})
    allows_self_approval = await queries.allows_self_approval(tx, actor.workspace_id)
    return [
        Hearing(approval=a, votes=votes.get(a.id, ()), people=people, allows_self_approval=allows_self_approval, now=now)
        for a in approvals
    ]


def _line(hearing: Hearing, actor: Actor, light: Light, result_sealed: bytes | None) -> ApprovalLine:
    approval, is_mine = hearing.approval, hearing.approval.requester_id == actor.user_id
    why_not = hearing.why_not(actor.user_id)
    result = kept_result(light.key_ring, approval, result_sealed) if result_sealed else None
    text = bytes(result.result or result.error or b"").decode("utf-8", "replace") if result else None
    return ApprovalLine(
        id=approval.id,
        state=approval.state_at(light.now),
        requester_id=approval.requester_id,
        requester=approval.requester_name,
        is_mine=is_mine,
        client=approval.client_name,
        connection=approval.connection_name,
        tool=approval.tool,
        full_name=approval.full_name,
        method=approval.method,
        operation_class=approval.operation_class,
        conversation_id=approval.conversation_id if is_mine else None,
        questions=_questions(hearing),
        estimate_micro_usd=approval.estimate_micro_usd,
        created_at=approval.created_at,
        expires_at=approval.expires_at,
        decided_at=approval.decided_at,
        ended_at=approval.ended_at,
        reason=approval.reason,
        can_decide=why_not is None,
        why_not=why_not,
        can_cancel=is_mine and approval.state_at(light.now) is State.PENDING,
        can_close=can_close(hearing, actor.user_id),
        result=text[:RESULT_SHOWN] if text is not None else None,
        result_is_error=result.is_error if result else None,
        result_is_cut=text is not None and len(text) > RESULT_SHOWN,
        link=light.origin + approval.path(),
    )


def _questions(hearing: Hearing) -> list[QuestionView]:
    return [
        QuestionView(
            policy_id=asked.question.policy_id,
            policy=asked.question.policy_name,
            policy_version=asked.question.policy_version,
            reason=asked.question.reason,
            sent_to=asked.sent_to,
            given=given(asked, hearing.votes, hearing.people),
            needed=needed(asked),
        )
        for asked in hearing.approval.questions
    ]


def _vote(vote: Vote) -> VoteView:
    return VoteView(
        person_id=vote.user_id,
        person=vote.user_name,
        decision=Decision.APPROVE if vote.is_approval else Decision.DENY,
        comment=vote.comment,
        voted_at=vote.voted_at,
    )


async def _earlier(tx: Transaction, actor: Actor, approval: Approval) -> list[EarlierDecision]:
    found = await queries.earlier(tx, actor.workspace_id, approval, EARLIER_SHOWN)
    votes = await queries.votes(tx, actor.workspace_id, [one.id for one in found])
    return [
        EarlierDecision(
            id=one.id,
            state=one.state,
            requester=one.requester_name,
            decided_by=[vote.user_name for vote in votes.get(one.id, ())],
            decided_at=one.decided_at,
            comment=next((vote.comment for vote in reversed(votes.get(one.id, ())) if vote.comment), None),
            same_arguments=one.digest == approval.digest,
        )
        for one in found
        if one.decided_at
    ]


def _no_definition(approval: Approval) -> str:
    if approval.connection_id is None:
        return "This is a tool of Conducktor itself."
    return "The definition changed since, or there is none: it will not be carried out as it was asked."


def _cursor(approval_id: ApprovalId) -> str:
    return base64.urlsafe_b64encode(approval_id.bytes).decode().rstrip("=")
