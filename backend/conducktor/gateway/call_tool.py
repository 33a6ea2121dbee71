"""The life of a call. The order is the governance: nothing reaches an upstream except through this function."""

import msgspec

from conducktor.approvals.approvals import Approvals
from conducktor.audit.writer import AuditWriter
from conducktor.budgets.budgets import Budgets
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.gateway.executors import unwrapped
from conducktor.gateway.guarded_relay import guarded
from conducktor.gateway.relay import Relay
from conducktor.gateway.request_state import RequestStates
from conducktor.gateway.resolve import Resolver, check_suits
from conducktor.gateway.upstream import Upstream
from conducktor.oauth.caller import Caller
from conducktor.policies.policies import Policies


class Gateway(msgspec.Struct, frozen=True):
    """What a call passes through, in this order."""

    audit: AuditWriter
    resolver: Resolver
    policies: Policies
    approvals: Approvals
    budgets: Budgets
    upstream: Upstream
    states: RequestStates


async def call_tool(gateway: Gateway, caller: Caller, request: CallRequest, relay: Relay) -> CallResult:
    """Run one governed call: a tool, a resource, a prompt, or a management tool.

    `caller` can only come from `oauth.authenticate`. Raises ConducktorError for every refusal; whatever happens is in
    the audit. At most once, but for what only reads or is idempotent and was not answered with a single byte (`courier`).
    """
    request = unwrapped(request)  # what an executor is asked to run, is what is called
    with gateway.audit.trail(caller.actor, request) as trail:
        target = await gateway.resolver.resolve(caller, request)  # what: unknown and forbidden look alike
        call = target.call(caller.actor, request)
        trail.begin(call)
        check_suits(request, target)  # the executor is that of its class; headers say what the body does
        decision = await gateway.policies.decide(call)  # may it? a policy may rewrite the call
        trail.decided(decision)
        call = decision.permitted_call()  # raises PolicyDenied
        answered = await gateway.approvals.require(call, decision.asks)  # raises ApprovalPending; bound to this exact call
        if answered is not None:  # approved and carried out before: never a second time, and under today's rules for results
            decision, answered = await gateway.policies.release(decision, answered)
            trail.decided(decision)
            trail.finish(answered)
            return answered
        if relay.ask is None and relay.behalf.abilities is not None:  # a client of 2026-07-28
            call = gateway.states.placed(call)  # answers to what an earlier round asked belong to its call
        if call.continues is None:
            decision = await gateway.policies.count(decision)  # rate limits: only calls that go on count
            trail.decided(decision)
            decision.permitted_call()
        else:
            trail.goes_on(call.continues)
        async with gateway.budgets.reserve(call, decision.limits) as reservation:  # hold the money, atomically
            if target.is_personal:
                trail.goes_out_with_own_account()
            trail.pays(reservation)  # whatever the call costs in the end is in the audit
            await trail.durable()  # no durable entry, no call
            await gateway.approvals.begin(call)  # an approved call: from here on it is never sent again
            reservation.begin()
            heard = guarded(relay.noting(trail.asked), decision)
            result = await gateway.upstream.call(call, target, request, heard)
            await reservation.settle(result)  # estimate → what was used
            decision, result = await gateway.policies.release(decision, result)  # what they let out of the answer
            trail.decided(decision)
        trail.finish(result)
    return result
