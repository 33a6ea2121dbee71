"""The fold: policy by policy to one decision."""

from collections.abc import Iterable

import msgspec

from conducktor.core.ids import PolicyId
from conducktor.core.question import Question
from conducktor.core.spending import SpendingLimit
from conducktor.core.tool_call import CallResult, ToolCall
from conducktor.policies.policy import Allow, AskHuman, Deny, Policy, PolicyDenied


class ActivePolicy(msgspec.Struct, frozen=True):
    """A policy as it is in force: who it is, which version, and what it says."""

    id: PolicyId
    name: str
    version: int
    rule: Policy


class Decision(msgspec.Struct, frozen=True):
    """Where the walk ended. `matched` names every policy that had something to say, with its version, for the audit."""

    call: ToolCall
    asks: tuple[Question, ...]
    denial: Deny | None
    matched: tuple[tuple[str, int], ...]
    limits: tuple[SpendingLimit, ...] = ()

    @property
    def record(self) -> dict[str, object]:
        """For the audit."""
        return {"policies": [{"name": name, "version": version} for name, version in self.matched]} if self.matched else {}

    async def permitted_result(self, result: CallResult) -> CallResult:
        """The upstream's answer as the policies let it through."""
        return result

    def permitted_call(self) -> ToolCall:
        """The call as the policies rewrote it. Raises PolicyDenied."""
        if self.denial:
            name = self.matched[-1][0]
            raise PolicyDenied(
                self.denial.reason, next_step="Ask an admin of this workspace if the policy should change.", policy=name
            )
        return self.call


def decide(policies: Iterable[ActivePolicy], call: ToolCall) -> Decision:
    """Judge the call policy by policy; each sees it as the ones before left it.

    The first denial ends the walk. A question for a human does not, so that nobody is asked about, and nobody can
    approve, a call that a later policy denies.
    """
    asks: tuple[Question, ...] = ()
    matched: tuple[tuple[str, int], ...] = ()
    for policy in policies:
        match policy.rule.judge(call):
            case Allow(rewritten):
                if rewritten is not call:
                    matched += ((policy.name, policy.version),)
                call = rewritten
            case AskHuman() as ask:
                asks += (
                    Question(policy_id=policy.id, policy_name=policy.name, policy_version=policy.version, reason=ask.reason),
                )
                matched += ((policy.name, policy.version),)
            case Deny() as denial:
                return Decision(call, asks, denial, (*matched, (policy.name, policy.version)))
    return Decision(call, asks, None, matched)
