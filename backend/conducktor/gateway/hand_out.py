"""An answer that was kept, given out later."""

from collections.abc import Awaitable, Callable

import msgspec

from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.gateway.call_tool import Gateway
from conducktor.oauth.caller import Caller


async def hand_out(
    gateway: Gateway, caller: Caller, request: CallRequest, answer: Callable[[], Awaitable[CallResult]]
) -> CallResult:
    """As `call_tool` for a call that was carried out, without a way to the service: today's permissions and policies hold.

    It is in the audit as `tasks/get`. Raises what the requester is told.
    """
    with gateway.audit.trail(caller.actor, msgspec.structs.replace(request, method="tasks/get")) as trail:
        target = await gateway.resolver.resolve(caller, request)
        call = target.call(caller.actor, request)
        trail.begin(call)
        decision = await gateway.policies.decide(call)
        trail.decided(decision)
        decision.permitted_call()
        decision, answered = await gateway.policies.release(decision, await answer())
        trail.decided(decision)
        trail.finish(answered)
    return answered
