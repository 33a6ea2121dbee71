"""The policies in force, compiled once per change and kept in the process."""

import functools
from collections.abc import Sequence

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.errors import Unavailable
from conducktor.core.ids import WorkspaceId
from conducktor.core.tool_call import CallResult, ToolCall
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.policies import queries
from conducktor.policies.case import NO_FACTS, Case, Facts
from conducktor.policies.compiled import PolicySet
from conducktor.policies.decide import Decision, decide
from conducktor.policies.definition import ActivePolicy, Definition
from conducktor.policies.policy import Fact
from conducktor.policies.rates import Rates
from conducktor.policies.release import Release
from conducktor.policies.subjects import conversation


class Policies:
    """Decides about calls. A policy change applies to calls that start after it, in every process."""

    def __init__(self, database: Database, changes: ChangeFeed, clock: Clock) -> None:
        self._database = database
        self._rates = Rates(database, clock)
        self._release = Release(database, clock)
        self._sets: Cached[WorkspaceId, PolicySet] = Cached(changes, stale=_concerns)

    async def decide(self, call: ToolCall) -> Decision:
        """Raises Unavailable when the policies cannot be read: what cannot be judged is not let through."""
        workspace_id = call.actor.workspace_id
        policies = self._sets.peek(workspace_id)
        if policies is None:
            policies = await self._sets.get(workspace_id, functools.partial(self._load, workspace_id))
        matching = policies.about(call)
        if not matching:
            return Decision(case=Case(call), call=call)
        return decide(matching, Case(call, await self._facts(call, matching)))

    async def count(self, decision: Decision) -> Decision:
        """Take from the rate limits that this decision stands under; what comes back may be a denial. Raises Unavailable."""
        return await self._rates.count(decision) if decision.rates else decision

    async def preview(self, call: ToolCall) -> Decision:
        """What `decide` and `count` would say, without taking anything."""
        decision = await self.decide(call)
        return await self._rates.look(decision) if decision.rates and decision.denial is None else decision

    async def release(self, decision: Decision, result: CallResult) -> tuple[Decision, CallResult]:
        """The result as the policies let it out, after their duties are done. Raises Unavailable."""
        return await self._release.let_out(decision, result) if decision.duties else (decision, result)

    async def _facts(self, call: ToolCall, matching: Sequence[ActivePolicy]) -> Facts:
        if not any(Fact.UNTRUSTED in policy.definition.rule.wants(call) for policy in matching):
            return NO_FACTS
        async with self._database.transaction() as tx:
            return Facts(untrusted=await queries.untrusted_by(tx, call.actor.workspace_id, conversation(call)))

    async def _load(self, workspace_id: WorkspaceId) -> PolicySet:
        async with self._database.transaction() as tx:
            stored = await queries.listed(tx, workspace_id, only_enabled=True)
        return PolicySet([active(policy) for policy in stored])


def active(stored: queries.StoredPolicy) -> ActivePolicy:
    """Raises Unavailable when the stored policy cannot be read."""
    try:
        definition = msgspec.convert(stored.definition(), Definition)
    except msgspec.ValidationError as error:
        raise Unavailable(
            f"The policy “{stored.name}” of this workspace cannot be read: {error}",
            next_step="An admin must correct or remove it.",
        ) from None
    return ActivePolicy(id=stored.id, version=stored.version, scope=stored.scope, definition=definition)


def _concerns(change: Change, workspace_id: WorkspaceId, _policies: PolicySet) -> bool:
    return change.topic == "policies" and change.workspace_id == workspace_id
