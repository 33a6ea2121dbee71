"""What a call would do, without doing it: nothing is sent, counted, held or asked."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from conducktor.approvals.approvers import in_words, sent_to
from conducktor.budgets.budgets import Budgets
from conducktor.budgets.preview import Preview
from conducktor.core.actor import Actor
from conducktor.core.ids import CallId, new_id
from conducktor.core.money import format_usd
from conducktor.core.question import Question
from conducktor.core.tool_call import CallRequest, OperationClass, ToolCall
from conducktor.gateway.executors import check_executor, unwrapped
from conducktor.gateway.target import Target
from conducktor.infra.database import Database
from conducktor.policies import queries as policy_queries
from conducktor.policies.decide import Decision, Said
from conducktor.policies.definition import Mode
from conducktor.policies.policies import Policies
from conducktor.policies.sensitive import LABELS
from conducktor.workspaces import queries as workspaces

LookUp = Callable[[Actor, str], Awaitable[Target]]
"""Raises UnknownTool for what the actor cannot see."""


class PolicySays(msgspec.Struct, frozen=True, kw_only=True):
    """One policy that is about the call. In the mode `monitor` its word is recorded and not applied."""

    id: UUID
    name: str
    version: int
    verdict: Said
    mode: Mode
    reason: str | None


class ApprovalNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """`sent_to` names those who would be asked, `count` how many of them must agree."""

    policy: str
    reason: str
    sent_to: str
    count: int


class LimitLeft(msgspec.Struct, frozen=True, kw_only=True):
    """A budget, or a policy's budget limit, that the call would draw on; micro-USD."""

    name: str
    limit_micro_usd: int
    spent_micro_usd: int
    held_micro_usd: int
    left_micro_usd: int
    would_block: bool
    resets_at: datetime


class RateLeft(msgspec.Struct, frozen=True, kw_only=True):
    """A rate limit: `used` of `calls` in the present window of `seconds`."""

    policy: str
    calls: int
    seconds: int
    used: int | None
    is_full: bool


class CallPreview(msgspec.Struct, frozen=True, kw_only=True):
    """`verdict` is what would happen: the call passes, people are asked first, or it is denied (`reason`).

    `estimate_micro_usd` is what it would cost as far as its price (`cost_basis`) tells beforehand; null without a price.
    `hidden` says what would be hidden in the arguments.
    """

    tool: str
    connection: str
    operation_class: OperationClass
    verdict: Said
    summary: str
    reason: str | None
    policies: list[PolicySays]
    approvals: list[ApprovalNeeded]
    cost_basis: str | None
    estimate_micro_usd: int | None
    limits: list[LimitLeft]
    rates: list[RateLeft]
    hidden: list[str]

    def spoken(self) -> str:
        return self.summary


class Previews:
    """Asks everything that a call would pass through, and takes nothing."""

    def __init__(self, database: Database, policies: Policies, budgets: Budgets, look_up: LookUp) -> None:
        self._database = database
        self._policies = policies
        self._budgets = budgets
        self._look_up = look_up

    async def of(self, actor: Actor, tool: str, arguments: dict[str, Any]) -> CallPreview:
        """Of an executor: what the tool inside would do. Raises UnknownTool, WrongExecutor, Unavailable."""
        request = unwrapped(_request(tool, arguments))
        target = await self._look_up(actor, request.name)
        if request.executor is not None:
            check_executor(request.executor, target.operation_class, target.full_name)
        call = target.call(actor, request)
        decision = await self._policies.preview(call)
        cost = await self._budgets.preview(decision.call, decision.limits)
        return _preview(call, decision, cost, await self._approvals(actor, decision.asks))

    async def _approvals(self, actor: Actor, asks: tuple[Question, ...]) -> list[ApprovalNeeded]:
        if not asks:
            return []
        async with self._database.transaction() as tx:
            people = {member.user_id: member.name for member in await workspaces.members(tx, actor.workspace_id)}
            groups = dict(await policy_queries.groups(tx, actor.workspace_id))
        return [
            ApprovalNeeded(
                policy=asked.policy_name,
                reason=asked.reason,
                sent_to=in_words(sent_to(asked.approvers, groups, people)),
                count=asked.approvers.count,
            )
            for asked in asks
        ]


def _request(tool: str, arguments: dict[str, Any]) -> CallRequest:
    given = msgspec.Raw(msgspec.json.encode(arguments))
    params = msgspec.Raw(msgspec.json.encode({"name": tool, "arguments": given}))
    return CallRequest(id=CallId(new_id()), method="tools/call", name=tool, connection=None, params=params, arguments=given)


def _preview(call: ToolCall, decision: Decision, cost: Preview, approvals: list[ApprovalNeeded]) -> CallPreview:
    reason = decision.denial.reason if decision.denial else cost.refusal
    verdict = Said.DENIED if reason else decision.verdict
    return CallPreview(
        tool=call.full_name,
        connection=call.connection_name,
        operation_class=call.operation_class,
        verdict=verdict,
        summary=_summary(call, verdict, reason, approvals, cost),
        reason=reason,
        policies=[
            PolicySays(id=o.id, name=o.name, version=o.version, verdict=o.verdict, mode=o.mode, reason=o.reason)
            for o in decision.opinions
        ],
        approvals=approvals,
        cost_basis=cost.basis,
        estimate_micro_usd=cost.estimate,
        limits=[
            LimitLeft(
                name=line.name,
                limit_micro_usd=line.limit,
                spent_micro_usd=line.spent,
                held_micro_usd=line.held,
                left_micro_usd=line.left,
                would_block=line.would_block,
                resets_at=line.resets_at,
            )
            for line in cost.lines
        ],
        rates=[
            RateLeft(policy=r.name, calls=r.rate.calls, seconds=r.rate.seconds, used=r.used, is_full=r.is_full)
            for r in decision.rates
        ],
        hidden=[f"{finding.count} × {LABELS[finding.what]}" for _, finding in decision.findings],
    )


def _summary(call: ToolCall, verdict: Said, reason: str | None, approvals: list[ApprovalNeeded], cost: Preview) -> str:
    what = f"{call.full_name} ({call.operation_class.value} operation)"
    price = f" Estimated cost: {format_usd(cost.estimate)}." if cost.estimate else ""
    match verdict:
        case Said.DENIED:
            return f"{what} would be denied: {reason}"
        case Said.ASKED:
            asked = in_words([needed.sent_to for needed in approvals])
            return f"{what} would need approval first; the request would go to {asked}. Nothing was done or asked yet.{price}"
        case Said.PASSED:
            return f"{what} would be carried out at once. Nothing was done yet.{price}"
