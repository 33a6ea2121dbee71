"""Links that must be opened before a call can be made: error -32042 of 2025-11-25, as a question of 2026-07-28.

A service that answers so has done nothing. Once the links were opened the call is made anew, and the service decides. Clients
that can not be asked are told in words (`edges/mcp_links`).
"""

from collections.abc import Sequence

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_client import Inquiry, Reply, RpcError, Unanswered
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import ToolCall
from conducktor.gateway.held_calls import Asked
from conducktor.gateway.questions import answer_of, described, fit, responses
from conducktor.gateway.relay import Relay
from conducktor.gateway.request_state import RequestStates

LINKS_NEEDED = -32042
MOST_ROUNDS = 10
MOST_LINKS = 16
"""Of one answer; more are no question to a person."""


class Link(msgspec.Struct, frozen=True):
    """One of the error's `elicitations`. Its id has no place in later revisions: nobody is told that the person is done."""

    url: str
    message: str
    mode: str = "url"


class Links:
    """One per process."""

    def __init__(self, states: RequestStates) -> None:
        self._states = states

    async def opened(self, call: ToolCall, connected: Connected, params: dict[str, msgspec.Raw], relay: Relay) -> int:
        """How often links were opened for a call with a `requestState`; what is about them is taken out of `params`.

        Raises BadRequestState, and UpstreamError where the person did not want to.
        """
        rounds = await self._states.unseal_links(call, params["requestState"])
        if rounds is None:
            return 0
        del params["requestState"]
        answers = {key: answer_of(answer) for key, answer in responses(params.pop("inputResponses", None)).items()}
        for key, answer in answers.items():
            relay.note({"key": key[:100], "answer": answer})
        if not {"decline", "cancel"}.isdisjoint(answers.values()):
            raise _declined(connected.name)
        return rounds

    def asked(self, call: ToolCall, connected: Connected, rounds: int, reply: Reply, relay: Relay) -> Reply:
        """The reply, or what it asks where the client can be asked that. Raises UpstreamError after too many rounds."""
        if reply.error is None or not (links := links_in(reply.error)):
            return reply
        if rounds >= MOST_ROUNDS:
            raise fault.rejected(connected.name, "it asks without end")
        questions = _fitted(connected.name, links, relay)
        return Reply(self._states.opening(call, questions, rounds + 1)) if questions else reply


def links_in(error: RpcError) -> Sequence[Link]:
    """None of them where the error says something else, or can not be read."""
    if error.code != LINKS_NEEDED or error.data is msgspec.UNSET:
        return ()
    try:
        links = _decode_data(error.data).elicitations
    except (msgspec.MsgspecError, RecursionError):
        return ()
    are_links = all(link.mode == "url" and link.url.startswith(("https://", "http://")) for link in links)
    return links if are_links and len(links) <= MOST_LINKS else ()


def _fitted(connection: str, links: Sequence[Link], relay: Relay) -> dict[str, Asked]:
    """All of them, or none."""
    assert relay.behalf.abilities is not None
    fitted: dict[str, Asked] = {}
    for number, link in enumerate(links, 1):
        inquiry = Inquiry(f"link-{number}", "elicitation/create", msgspec.Raw(msgspec.json.encode(link)))
        try:
            inquiry = fit(inquiry, connection, relay.behalf.abilities)
        except Unanswered as refusal:
            relay.note({"key": inquiry.key, "method": inquiry.method, "refused": refusal.message})
            return {}
        fitted[inquiry.key] = Asked(inquiry.method, inquiry.params)
    for key, asked in fitted.items():
        relay.note(described(Inquiry(key, asked.method, asked.params)))
    return fitted


def _declined(name: str) -> UpstreamError:
    return UpstreamError(
        Fault.REJECTED,
        f"{name} was not called: it needs a link to be opened first, and that was declined.",
        connection=name,
        next_step="Call again when the link may be opened.",
    )


class _Data(msgspec.Struct):
    elicitations: list[Link]


_decode_data = msgspec.json.Decoder(_Data).decode
