"""What policies say about a result holds for what the service says while it works, too."""

import msgspec

from conducktor.gateway.relay import Relay
from conducktor.policies.decide import Decision
from conducktor.policies.policy import HideInResult, MarkUntrusted
from conducktor.policies.sensitive import Sensitive, hide


def guarded(relay: Relay, decision: Decision) -> Relay:
    """Notifications with the same things hidden as in the result; none at all before outside content is marked as such."""
    send, duties = relay.send, [duty for _, duty in decision.duties]
    if send is None or not duties:
        return relay
    if any(isinstance(duty, MarkUntrusted) for duty in duties):
        return msgspec.structs.replace(relay, send=None)
    what = frozenset[Sensitive]().union(*(duty.what for duty in duties if isinstance(duty, HideInResult)))

    def send_hidden(method: str, params: msgspec.Raw) -> None:
        send(method, msgspec.Raw(hide(bytes(params), what, "result")[0]))

    return msgspec.structs.replace(relay, send=send_hidden)
