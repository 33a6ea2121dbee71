"""What people and agents do with policies."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.ids import PolicyId
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction
from conducktor.policies import keep, views
from conducktor.policies.definition import AppliesTo, Mode
from conducktor.policies.simulate import Simulation, Trial
from conducktor.policies.simulation_views import TrialView
from conducktor.policies.templates import TemplateView, templates
from conducktor.policies.wish import PolicyChange, PolicyDraft, WhatWish, WhoWish

_FOR_THE_PAGE = "it draws the form of a page"


class CreatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` depend on `kind`; nothing listed in `who` or `what` means everybody and everything."""

    name: Annotated[str, Meta(description="What people call it, for example: All Linear issue creations require approval.")]
    kind: Annotated[
        str,
        Meta(
            description="require_approval, budget_limit, allow_only, deny, rate_limit, argument_rule, redact or untrusted_flow."
        ),
    ]
    settings: Annotated[
        dict[str, Any],
        Meta(
            description="By kind. require_approval: approvers {roles, groups, people, count}, wait_s, expires_hours. "
            "budget_limit: amount_usd, period (day, week, month), share (together, person, conversation, connection). "
            "allow_only: classes, tools. deny: message. rate_limit: calls, per (second, minute, hour, day), share. "
            "argument_rule: rule (CEL), message. redact: what (secrets, emails, cards), in_arguments, in_results. "
            "untrusted_flow: brings_in, sends_out (tool patterns)."
        ),
    ] = {}
    who: WhoWish | None = None
    what: WhatWish | None = None
    condition: Annotated[
        str | None, Meta(description="CEL over args, caller, tool and now; the policy applies where it is true.")
    ] = None
    mode: Annotated[Mode, Meta(description="monitor only records what the policy would do.")] = Mode.ENFORCE
    is_enabled: bool = True
    applies_to: Annotated[AppliesTo, Meta(description="organization: for all its workspaces; owners only.")] = AppliesTo.WORKSPACE

    def draft(self) -> PolicyDraft:
        return PolicyDraft(**{name: getattr(self, name) for name in PolicyDraft.__struct_fields__})


class PolicyIdOnly(msgspec.Struct, frozen=True, kw_only=True):
    policy_id: UUID


class UpdatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What is given replaces what was. `version`, when given, must be the one that was read."""

    policy_id: UUID
    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    who: WhoWish | UnsetType = UNSET
    what: WhatWish | UnsetType = UNSET
    condition: str | UnsetType | None = UNSET
    mode: Mode | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET
    version: int | None = None

    def change(self) -> PolicyChange:
        return PolicyChange(**{name: getattr(self, name) for name in PolicyChange.__struct_fields__})


class ReorderPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """All policies of that scope, in the order in which they shall judge."""

    policy_ids: list[UUID]
    applies_to: AppliesTo = AppliesTo.WORKSPACE


class TryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A draft alone is tried as a new policy; with `policy_id` it replaces that one; `policy_id` alone is tried as removed.

    Neither replays the calls under the policies as they are.
    """

    draft: PolicyDraft | None = None
    policy_id: UUID | None = None
    days: Annotated[int, Meta(ge=1, le=90)] = 7


@operation("policies.list", "GET /policies", Permission.POLICIES_READ)
async def list_policies(actor: Actor, *, tx: Transaction) -> views.PolicyList:
    """List the governance policies in the order in which they judge calls."""
    return await keep.listed(tx, actor)


@operation("policies.create", "POST /policies", Permission.POLICIES_WRITE)
async def create_policy(actor: Actor, data: CreatePolicy, *, tx: Transaction, clock: Clock) -> views.PolicyView:
    """Add a governance policy. Within a second it applies to every call that starts.

    Example "All Linear issue creations require approval": kind require_approval, what.tools ["linear-*_create_issue*"].
    Example "Monthly budget limit: $100": kind budget_limit, settings {"amount_usd": 100, "period": "month"}.
    Example "Only allow read operations for contractors": kind allow_only, settings {"classes": ["read"]},
    who.roles ["contractor"]. Try mode monitor first when unsure: it records what would happen and blocks nothing.
    """
    return await keep.create(tx, actor, data.draft(), data.applies_to, clock())


@operation("policies.kinds", "GET /policies/kinds", Permission.POLICIES_READ, web_only=_FOR_THE_PAGE)
async def list_policy_kinds(actor: Actor) -> list[views.KindView]:
    """List the kinds of policies with the schemas of their settings and examples."""
    return views.kind_views()


@operation("policies.templates", "GET /policies/templates", Permission.POLICIES_READ, web_only=_FOR_THE_PAGE)
async def list_policy_templates(actor: Actor, *, tx: Transaction) -> list[TemplateView]:
    """List ready-made policies, adapted to the workspace's connections."""
    return await templates(tx, actor.workspace_id)


@operation(
    "policies.try",
    "POST /policies/try",
    Permission.POLICIES_WRITE,
    reads=True,
    web_only="it shows what other people called, call by call",
)
async def try_policy(actor: Actor, data: TryPolicy, *, simulation: Simulation) -> TrialView:
    """Replay past calls under a draft: what would have been denied, asked or passed, and what would be different."""
    policy_id = PolicyId(data.policy_id) if data.policy_id else None
    return await simulation.run(actor, Trial(draft=data.draft, policy_id=policy_id, days=data.days))


@operation("policies.reorder", "PUT /policies/order", Permission.POLICIES_WRITE, web_only="an order is seen, not told")
async def reorder_policies(actor: Actor, data: ReorderPolicies, *, tx: Transaction) -> views.PolicyList:
    """Put the policies into another order. Each sees the call as the ones before it left it."""
    return await keep.reorder(tx, actor, data.applies_to, [PolicyId(i) for i in data.policy_ids])


@operation("policies.get", "GET /policies/{policy_id}", Permission.POLICIES_READ)
async def get_policy(actor: Actor, data: PolicyIdOnly, *, tx: Transaction) -> views.PolicyView:
    """Show one governance policy."""
    return await keep.get(tx, actor, PolicyId(data.policy_id))


@operation("policies.update", "PATCH /policies/{policy_id}", Permission.POLICIES_WRITE)
async def update_policy(actor: Actor, data: UpdatePolicy, *, tx: Transaction, clock: Clock) -> views.PolicyView:
    """Change a governance policy, or turn it on or off. Within a second that applies to every call that starts."""
    return await keep.update(tx, actor, PolicyId(data.policy_id), data.change(), data.version, clock())


@operation("policies.delete", "DELETE /policies/{policy_id}", Permission.POLICIES_WRITE, destructive=True)
async def delete_policy(actor: Actor, data: PolicyIdOnly, *, tx: Transaction) -> None:
    """Remove a governance policy for good. Past decisions keep its name and version."""
    await keep.delete(tx, actor, PolicyId(data.policy_id))


@operation(
    "policies.history", "GET /policies/{policy_id}/versions", Permission.POLICIES_READ, web_only="it belongs to the policy's page"
)
async def list_policy_versions(actor: Actor, data: PolicyIdOnly, *, tx: Transaction) -> views.PolicyHistory:
    """List what the policy said in each of its versions, and who changed it."""
    return await keep.history(tx, actor, PolicyId(data.policy_id))


OPERATIONS = (
    list_policies,
    create_policy,
    list_policy_kinds,
    list_policy_templates,
    try_policy,
    reorder_policies,
    get_policy,
    update_policy,
    delete_policy,
    list_policy_versions,
)
