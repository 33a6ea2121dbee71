"""What policies say about a result holds for what the service says while it works, too."""

import msgspec

from conducktor.connections.mcp_client import NOBODY, Inquiry
from conducktor.gateway.relay import NO_RELAY, Relay
from conducktor.policies.decide import Decision
from conducktor.policies.policy import HideInResult, MarkUntrusted
from conducktor.policies.sensitive import Sensitive, hide


def guarded(relay: Relay, decision: Decision) -> Relay:
    """Notifications and questions with the same things hidden as in the result.

    None at all before outside content is marked as such: the service then hears that nobody can be asked.
    """
    duties = [duty for _, duty in decision.duties]
    if not duties or relay is NO_RELAY:
        return relay
    if any(isinstance(duty, MarkUntrusted) for duty in duties):
        return msgspec.structs.replace(relay, send=None, ask=None, behalf=NOBODY)
    what = frozenset[Sensitive]().union(*(duty.what for duty in duties if isinstance(duty, HideInResult)))

    def hidden(params: msgspec.Raw) -> msgspec.Raw:
        return msgspec.Raw(hide(bytes(params), what, "result")[0])

    def send_hidden(method: str, params: msgspec.Raw) -> None:
        if relay.send is not None:
            relay.send(method, hidden(params))

    async def ask_hidden(inquiry: Inquiry) -> msgspec.Raw:
        assert relay.ask is not None
        return await relay.ask(msgspec.structs.replace(inquiry, params=hidden(inquiry.params)))

    return msgspec.structs.replace(relay, send=relay.send and send_hidden, ask=relay.ask and ask_hidden)
