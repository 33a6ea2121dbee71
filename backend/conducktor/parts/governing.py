"""The rules of a workspace: policies, approvals, budgets."""

from functools import partial

from conducktor.approvals.approvals import Approvals
from conducktor.approvals.execution import Executions
from conducktor.approvals.post import ApprovalPost
from conducktor.approvals.waiting import Endings
from conducktor.budgets.budgets import RESERVED_LONGER_S, Budgets
from conducktor.budgets.watch import Watch
from conducktor.core.money import MicroUsd
from conducktor.core.tool_call import ToolCall
from conducktor.parts.connecting import WithConnections
from conducktor.policies.policies import Policies
from conducktor.policies.simulate import Simulation
from conducktor.settings import Settings


class WithRules(WithConnections):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.policies = Policies(self.database, self.changes, self.clock)
        self.simulation = Simulation(self.database, self.key_ring, self.clock)
        self.budgets = Budgets(
            self.database,
            self.changes,
            Watch(self.database, self.notices, settings.origin),
            self.clock,
            lasts_s=settings.call_deadline_s + RESERVED_LONGER_S,
        )
        self.approval_post = ApprovalPost(self.notices, settings.origin)
        self.executions = Executions(self.database, self.key_ring, self.clock, self.approval_post)
        self.approvals = Approvals(
            self.database,
            self.key_ring,
            self.clock,
            endings=Endings(self.changes),
            post=self.approval_post,
            executions=self.executions,
            origin=settings.origin,
            estimate=partial(_estimate, self.budgets),
        )


async def _estimate(budgets: Budgets, call: ToolCall) -> MicroUsd | None:
    """What would be held for a call, for those who are asked about it."""
    return (await budgets.preview(call, ())).estimate
