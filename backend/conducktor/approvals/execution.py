"""Carrying out what was approved, at most once: claims with leases and fencing tokens, and how they end.

`executing` without `sent_at`: the service was not touched, so another worker may take over when the lease is over.
`executing` with `sent_at`: nobody may ever send it again; a worker that is lost with it leaves an unknown outcome.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from conducktor.approvals import claims, queries
from conducktor.approvals.approval import Approval, FrozenCall, KeptResult
from conducktor.approvals.decide import announce
from conducktor.approvals.digest import digest_of
from conducktor.approvals.post import ApprovalPost
from conducktor.approvals.ring import Waiting
from conducktor.approvals.show import frozen
from conducktor.approvals.state import State
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Forbidden, Invalid
from conducktor.core.ids import ApprovalId, CallId, WorkspaceId
from conducktor.core.question import Question
from conducktor.core.tool_call import ApprovalClaim, CallRequest, CallResult, ToolCall
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
RENEW_EVERY_S = 5.0
CARRIED_OUT_WITHIN = timedelta(hours=1)
"""An approval is an answer for now: what no worker carried out by then, nobody expects any more."""

LOST = "The worker that carried it out was lost before the answer was kept."
TOO_LATE = "No worker carried it out within an hour of the decision."
_REASON_MAX = 500


class ClaimLost(Conflict):
    """Another worker has taken over this approved call."""


class ChangedSince(Forbidden):
    """Something changed since this call was approved."""


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """One approval with the call that it is about."""

    approval: Approval
    frozen: FrozenCall
    arguments: bytes

    def request(self, call_id: CallId) -> CallRequest:
        """The call as it was frozen."""
        params = msgspec.json.decode(self.frozen.params, type=dict[str, msgspec.Raw])
        name = params["uri" if self.approval.method == "resources/read" else "name"]
        return CallRequest(
            id=call_id,
            method=self.approval.method,
            name=msgspec.json.decode(name, type=str),
            connection=self.frozen.endpoint,
            toolset=self.frozen.toolset,
            params=self.frozen.params,
            arguments=msgspec.Raw(self.arguments),
            conversation_id=self.approval.conversation_id,
        )


class Claimed(Recalled, frozen=True, kw_only=True):
    """A worker's hold on one approved call."""

    claim: ApprovalClaim

    def request(self, call_id: CallId) -> CallRequest:
        """The call as it was frozen, to be carried out."""
        return msgspec.structs.replace(super().request(call_id), claim=self.claim)


class Executions:
    """Used by workers, and by the pipeline for claimed calls."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock, post: ApprovalPost) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._post = post

    async def claim(self, workspace_id: WorkspaceId, approval_id: ApprovalId) -> Claimed | None:
        """Take an approved call; None when it is not waiting to be carried out."""
        now = self._clock()
        async with self._database.transaction() as tx:
            token = await claims.take(tx, workspace_id, approval_id, now + LEASE)
            if token is None:
                return None
            approval = await queries.get(tx, workspace_id, approval_id)
            sealed, _ = await queries.sealed(tx, workspace_id, approval_id)
            assert approval
            await announce(tx, approval)
            claim = ApprovalClaim(approval_id, token)
            try:
                call, arguments = frozen(self._key_ring, approval, sealed)
            except Invalid as error:
                values = {"state": State.VOID, "reason": error.detail, "ended_at": now}
                await claims.end(tx, workspace_id, claim, values, was_sent=False)
                return None
        return Claimed(approval=approval, claim=claim, frozen=call, arguments=arguments)

    async def renew(self, claimed: Claimed) -> bool:
        """Keep the hold a little longer; False when it is lost."""
        async with self._database.transaction() as tx:
            return await claims.renew(tx, claimed.approval.workspace_id, claimed.claim, self._clock() + LEASE)

    async def require_covered(self, call: ToolCall, questions: Sequence[Question]) -> None:
        """Whether this is what people agreed to, under the policies as they are now. Raises ChangedSince, ClaimLost."""
        assert call.claim
        async with self._database.transaction() as tx:
            approval = await claims.held(tx, call.actor.workspace_id, call.claim)
        if approval is None:
            raise ClaimLost("Another worker has taken over this approved call.")
        answered = [asked.question for asked in approval.questions]
        known = {(question.policy_id, question.policy_version) for question in answered}
        for question in questions:
            if (question.policy_id, question.policy_version) not in known:
                raise ChangedSince(f"The policy “{question.policy_name}” changed since it was approved, or is new.")
        if approval.definition_hash != call.definition_hash:
            raise ChangedSince("The tool's definition changed since it was approved.")
        if digest_of(self._key_ring, call, answered) != approval.digest:
            raise ChangedSince("The call is not exactly the one that was approved: a policy or the connection changed since.")

    async def begin(self, call: ToolCall) -> None:
        """From here on it is never sent again. Raises ClaimLost."""
        assert call.claim
        async with self._database.transaction() as tx:
            if not await claims.mark_sent(tx, call.actor.workspace_id, call.claim, self._clock()):
                raise ClaimLost("Another worker has taken over this approved call.")

    async def finish(self, claimed: Claimed, call_id: CallId, result: CallResult) -> bool:
        """It was carried out. Also replaces `unknown` that was written meanwhile, unless a person has looked already."""
        sealed = self._key_ring.seal(msgspec.json.encode(KeptResult.of(result)), bound_to=claimed.approval.id.bytes)
        values = {"state": State.EXECUTED, "result_sealed": sealed, "execution_call_id": call_id, "reason": None}
        return await self._end(claimed, values, was_sent=True)

    async def void(self, claimed: Claimed, reason: str) -> bool:
        """It is not carried out. False when it may have been sent."""
        return await self._end(claimed, {"state": State.VOID, "reason": reason[:_REASON_MAX]}, was_sent=False)

    async def came_to_nothing(self, claimed: Claimed, call_id: CallId, reason: str) -> bool:
        """It was sent, but certainly not done."""
        values = {"state": State.VOID, "reason": reason[:_REASON_MAX], "execution_call_id": call_id}
        return await self._end(claimed, values, was_sent=True)

    async def lose(self, claimed: Claimed, call_id: CallId, reason: str) -> bool:
        """It may have been done or not: a person must look."""
        values = {"state": State.UNKNOWN, "reason": reason[:_REASON_MAX], "execution_call_id": call_id}
        return await self._end(claimed, values, was_sent=True)

    async def release(self, claimed: Claimed) -> bool:
        """Let it be claimed again, a little later. False when it may have been sent."""
        async with self._database.transaction() as tx:
            return await claims.release(tx, claimed.approval.workspace_id, claimed.claim)

    async def reconcile(self) -> list[Waiting]:
        """End what nobody ended; returns what waits for a worker."""
        now = self._clock()
        async with self._database.transaction() as tx:
            ended = await claims.expire(tx, now)
            ended += await claims.void_late(tx, now - CARRIED_OUT_WITHIN, now, TOO_LATE)
            ended += await claims.take_back(tx, now)
            lost = await claims.lose_lapsed(tx, now, LOST)
            for workspace_id, approval_id in ended:
                approval = await queries.get(tx, workspace_id, approval_id)
                assert approval
                await announce(tx, approval)
            for workspace_id, approval_id in lost:
                log.warning("approval.outcome_unknown", approval=str(approval_id))
                await self._ask_what_happened(tx, workspace_id, approval_id)
            return await claims.waiting(tx)

    async def _end(self, claimed: Claimed, values: dict[str, Any], *, was_sent: bool) -> bool:
        workspace_id, now = claimed.approval.workspace_id, self._clock()
        async with self._database.transaction() as tx:
            if not await claims.end(tx, workspace_id, claimed.claim, {**values, "ended_at": now}, was_sent=was_sent):
                return False
            if values["state"] is State.UNKNOWN:
                await self._ask_what_happened(tx, workspace_id, claimed.approval.id)
            else:
                await announce(tx, claimed.approval)
        log.info("approval.ended", approval=str(claimed.approval.id), state=values["state"].value)
        return True

    async def _ask_what_happened(self, tx: Transaction, workspace_id: WorkspaceId, approval_id: ApprovalId) -> None:
        approval = await queries.get(tx, workspace_id, approval_id)
        assert approval
        await self._post.unknown(tx, approval, (await queries.people(tx, workspace_id)).values())
        await announce(tx, approval)
