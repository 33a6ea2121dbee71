"""The policies of one workspace, ready to judge: for each kind of call, only those that are about it."""

from collections.abc import Sequence

from conducktor.core.tool_call import ToolCall
from conducktor.policies.definition import ActivePolicy

SELECTIONS_KEPT = 5_000

Key = tuple[object, ...]


class PolicySet:
    """Who and what are looked at once per person, client and tool, and remembered as long as the set is in force."""

    def __init__(self, policies: Sequence[ActivePolicy]) -> None:
        self.policies = tuple(policy for policy in policies if policy.definition.is_enabled)
        self._selected: dict[Key, tuple[ActivePolicy, ...]] = {}

    def about(self, call: ToolCall) -> tuple[ActivePolicy, ...]:
        """Those whose who and what include the call, in order."""
        if not self.policies:
            return ()
        actor = call.actor
        key = (
            actor.user_id, actor.role, actor.groups, actor.client_id, call.full_name, call.tool, call.connection_name,
            call.operation_class, call.method,
        )  # fmt: skip
        found = self._selected.get(key)
        if found is None:
            if len(self._selected) >= SELECTIONS_KEPT:
                self._selected.clear()
            found = tuple(p for p in self.policies if p.definition.what.includes(call) and p.definition.who.includes(actor))
            self._selected[key] = found
        return found
