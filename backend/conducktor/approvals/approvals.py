"""May the call go on, where a policy wants a person to agree?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from conducktor.approvals import queries
from conducktor.approvals.answers import RESULT_KEPT, NotWorthAsking, Told, refusal
from conducktor.approvals.approval import Approval, AskedQuestion, FrozenCall
from conducktor.approvals.approvers import Person, can_be_decided, sent_to
from conducktor.approvals.decide import announce
from conducktor.approvals.digest import digest_of
from conducktor.approvals.execution import Executions, Recalled
from conducktor.approvals.post import ApprovalPost
from conducktor.approvals.show import frozen, kept_result
from conducktor.approvals.state import LIVE, State
from conducktor.approvals.waiting import Endings
from conducktor.core.clock import Clock
from conducktor.core.ids import ApprovalId, UserId, WorkspaceId, new_id
from conducktor.core.money import MicroUsd
from conducktor.core.question import Question
from conducktor.core.tool_call import CallResult, ToolCall
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing

APPROVABLE = frozenset({"tools/call", "resources/read", "prompts/get"})
WAIT_MAX_S = 40.0  # ChatGPT gives up on a call after about a minute


Estimate = Callable[[ToolCall], Awaitable[MicroUsd | None]]
"""What a call would cost, as far as that is known before."""


class Approvals:
    """One per process. A call that nobody must be asked about costs nothing here."""

    def __init__(
        self,
        database: Database,
        key_ring: KeyRing,
        clock: Clock,
        *,
        endings: Endings,
        post: ApprovalPost,
        executions: Executions,
        origin: str,
        estimate: Estimate,
    ) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._endings = endings
        self._post = post
        self._executions = executions
        self._origin = origin
        self._estimate = estimate

    async def require(self, call: ToolCall, questions: Sequence[Question]) -> CallResult | None:
        """None: go on. A result: this very call was approved and carried out already.

        Raises ApprovalPending, ApprovalDenied, NotCarriedOut, NotWorthAsking, OutcomeUnknown; for a claimed call ChangedSince
        and ClaimLost.
        """
        if call.claim is not None:
            await self._executions.require_covered(call, questions)
            return None
        if not questions:
            return None
        if call.method not in APPROVABLE:
            raise NotWorthAsking(
                f"{call.full_name} needs an approval, so there are no suggestions for it.",
                next_step="Use it without suggestions; then people are asked.",
                policy=questions[0].policy_name,
            )
        approval, before = await self._standing(call, questions)
        wait_s = min(max(question.wait_s for question in questions), WAIT_MAX_S)
        if wait_s > 0 and approval.state in LIVE:
            load = partial(self._load, approval.workspace_id, approval.id)
            approval = await self._endings.wait(approval.id, load, wait_s)
        return await self.answer(approval, before)

    async def begin(self, call: ToolCall) -> None:
        """Before the service is touched: an approved call that comes this far is never sent again. Raises ClaimLost."""
        if call.claim is not None:
            await self._executions.begin(call)

    async def _standing(self, call: ToolCall, questions: Sequence[Question]) -> tuple[Approval, Approval | None]:
        """The approval about this very call, made if need be; and an earlier one that came to nothing."""
        digest, workspace_id = digest_of(self._key_ring, call, questions), call.actor.workspace_id
        estimate = await self._estimate(call)
        async with self._database.transaction() as tx:
            now = self._clock()
            found = await queries.latest(tx, workspace_id, digest)
            if found and _stands(found, now):
                return found, None
            if found and found.state is State.PENDING:
                expired = {"state": State.EXPIRED, "ended_at": found.expires_at}
                await queries.move(tx, workspace_id, found.id, {State.PENDING}, expired)
                found = msgspec.structs.replace(found, **expired)
            made = await self._ask(tx, call, questions, {"digest": digest, "estimate_micro_usd": estimate, "created_at": now})
            if made:
                return made, found
            faster = await queries.latest(tx, workspace_id, digest)
        assert faster, "only a live approval about the same call keeps another from being made"
        return faster, None

    async def _ask(
        self, tx: Transaction, call: ToolCall, questions: Sequence[Question], known: dict[str, object]
    ) -> Approval | None:
        """None when the same call was asked about at the same moment."""
        people = await queries.people(tx, call.actor.workspace_id)
        asked = await self._addressed(tx, call.actor.workspace_id, questions, people)
        approval_id = ApprovalId(new_id())
        values = _frozen(call) | known | {"id": approval_id, "questions": asked}
        values["expires_at"] = self._clock() + timedelta(seconds=min(question.expires_s for question in questions))
        values["params_sealed"] = self._key_ring.seal(msgspec.json.encode(_exactly(call)), bound_to=approval_id.bytes)
        if not await queries.add(tx, call.actor.workspace_id, values):
            return None
        approval = await queries.get(tx, call.actor.workspace_id, approval_id)
        assert approval
        await self._post.waiting(tx, approval, people.values())
        await announce(tx, approval)
        return approval

    async def _addressed(
        self, tx: Transaction, workspace_id: WorkspaceId, questions: Sequence[Question], people: Mapping[UserId, Person]
    ) -> tuple[AskedQuestion, ...]:
        groups = {group for question in questions for group in question.approvers.groups}
        group_names = await queries.group_names(tx, workspace_id, groups) if groups else {}
        names = {user_id: person.name for user_id, person in people.items()}
        return tuple(AskedQuestion(question=q, sent_to=sent_to(q.approvers, group_names, names)) for q in questions)

    async def _load(self, workspace_id: WorkspaceId, approval_id: ApprovalId) -> Approval:
        async with self._database.transaction() as tx:
            approval = await queries.get(tx, workspace_id, approval_id)
        assert approval, "approvals are not deleted while their workspace exists"
        return approval

    async def recall(self, workspace_id: WorkspaceId, approval_id: ApprovalId) -> Recalled | None:
        """One approval with its call; None when there is none such. Raises Invalid when somebody tampered with the row."""
        async with self._database.transaction() as tx:
            approval = await queries.get(tx, workspace_id, approval_id)
            if approval is None:
                return None
            sealed, _ = await queries.sealed(tx, workspace_id, approval_id)
        call, arguments = frozen(self._key_ring, approval, sealed)
        return Recalled(approval=approval, frozen=call, arguments=arguments)

    async def answer(self, approval: Approval, before: Approval | None = None) -> CallResult:
        """The answer of a call that was carried out. Raises what the requester is told in every other state."""
        told = Told(before=before)
        async with self._database.transaction() as tx:
            if approval.state is State.EXECUTED:
                _, sealed = await queries.sealed(tx, approval.workspace_id, approval.id)
                if sealed:
                    return kept_result(self._key_ring, approval, sealed)
            elif approval.state is State.DENIED:
                votes = (await queries.votes(tx, approval.workspace_id, [approval.id])).get(approval.id, ())
                told = Told(denied_by=next((vote.user_name for vote in votes if not vote.is_approval), None))
            elif approval.state is State.PENDING and not await _can_be_decided(tx, approval):
                told = Told(before=before, is_stuck=True)
        approval = msgspec.structs.replace(approval, state=approval.state_at(self._clock()))
        raise refusal(approval, self._origin, told)


async def _can_be_decided(tx: Transaction, approval: Approval) -> bool:
    people = await queries.people(tx, approval.workspace_id)
    but = None if await queries.allows_self_approval(tx, approval.workspace_id) else approval.requester_id
    return all(can_be_decided(asked, people.values(), but) for asked in approval.questions)


def _stands(approval: Approval, now: datetime) -> bool:
    """Whether the same call is the same request still."""
    match approval.state_at(now):
        case State.PENDING | State.APPROVED | State.EXECUTING | State.UNKNOWN:
            return True
        case State.EXECUTED:
            return approval.ended_at is not None and approval.ended_at > now - RESULT_KEPT
        case State.DENIED:
            return approval.expires_at > now
        case _:
            return False


def _frozen(call: ToolCall) -> dict[str, object]:
    actor = call.actor
    return {
        "requester_id": actor.user_id,
        "requester_name": actor.user_name,
        "requester_email": actor.user_email,
        "authorization_id": actor.authorization_id,
        "client_id": actor.client_id,
        "client_name": actor.client_name,
        "conversation_id": call.conversation_id,
        "call_id": call.id,
        "method": call.method,
        "connection_id": call.connection_id,
        "connection_name": call.connection_name,
        "tool": call.tool,
        "full_name": call.full_name,
        "operation_class": call.operation_class.value,
        "definition_hash": call.definition_hash,
    }


def _exactly(call: ToolCall) -> FrozenCall:
    """As policies let it through, not as it came in: what they took out is not kept."""
    params = msgspec.json.decode(call.params, type=dict[str, msgspec.Raw])
    if "arguments" in params:
        params["arguments"] = call.arguments
    return FrozenCall(endpoint=call.endpoint, params=msgspec.Raw(msgspec.json.encode(params)), toolset=call.toolset)
