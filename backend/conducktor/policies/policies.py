"""The policies in force, compiled once per change and kept in the process."""

import functools
from operator import or_

import msgspec

from conducktor.core.errors import Unavailable
from conducktor.core.ids import WorkspaceId
from conducktor.core.tool_call import ToolCall
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.policies import queries
from conducktor.policies.decide import ActivePolicy, Decision, decide
from conducktor.policies.kinds import KINDS

_ANY_KIND = functools.reduce(or_, KINDS)


class Policies:
    """Decides about calls. A policy change applies to calls that start after it, in every process."""

    def __init__(self, database: Database, changes: ChangeFeed) -> None:
        self._database = database
        self._sets: Cached[WorkspaceId, tuple[ActivePolicy, ...]] = Cached(changes, stale=_concerns)

    async def decide(self, call: ToolCall) -> Decision:
        """Raises Unavailable when the policies cannot be read: what cannot be judged is not let through."""
        workspace_id = call.actor.workspace_id
        policies = self._sets.peek(workspace_id)
        if policies is None:
            policies = await self._sets.get(workspace_id, functools.partial(self._load, workspace_id))
        return decide(policies, call)

    async def count(self, decision: Decision) -> None:
        """Take from the rate limits that this decision stands under. Raises PolicyDenied when one is used up."""

    async def _load(self, workspace_id: WorkspaceId) -> tuple[ActivePolicy, ...]:
        async with self._database.transaction() as tx:
            stored = await queries.enabled(tx, workspace_id)
        try:
            return tuple(ActivePolicy(s.id, s.name, s.version, msgspec.convert(s.rule, _ANY_KIND)) for s in stored)
        except msgspec.ValidationError as error:
            raise Unavailable(
                f"A policy of this workspace cannot be read: {error}", next_step="An admin must correct or remove it."
            ) from None


def _concerns(change: Change, workspace_id: WorkspaceId, _policies: tuple[ActivePolicy, ...]) -> bool:
    return change.topic == "policies" and change.workspace_id == workspace_id
