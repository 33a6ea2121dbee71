"""Questions to a client of the handshake era, on the stream of the call they belong to.

The answer is a POST of its own, in whichever process: it is found by the question's id, which nobody can guess, and only
where it comes with the same authorization. A client that has gone away, or does not answer, is told to forget it.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID

import msgspec

from conducktor.connections.mcp_client import Inquiry, Unanswered
from conducktor.connections.mcp_reply import is_object
from conducktor.edges.mcp_protocol import UNREADABLE, encode, notification_body, request_body
from conducktor.gateway.exchanges import Exchanges
from conducktor.gateway.questions import NO_ANSWER, unanswered
from conducktor.gateway.relay import AskClient
from conducktor.oauth.caller import Caller

ANSWER_S = 300.0

Push = Callable[[bytes], None]


class _Answer(msgspec.Struct, frozen=True):
    """The client's JSON-RPC response. An empty result is one."""

    id: str = ""
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class ClientQuestions:
    """One per process."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges

    def asking(self, caller: Caller, push: Push) -> AskClient:
        """`push` puts a message on the stream of the call."""

        async def ask(inquiry: Inquiry) -> msgspec.Raw:
            return await self._ask(caller, push, inquiry)

        return ask

    async def take(self, caller: Caller, body: bytes) -> None:
        """An answer, if it is one to a question that this authorization was asked; all others are ignored alike."""
        try:
            exchange_id = UUID(_decode(body).id)
        except (*UNREADABLE, ValueError):
            return
        await self._exchanges.put(caller.actor, exchange_id, body)

    async def _ask(self, caller: Caller, push: Push, inquiry: Inquiry) -> msgspec.Raw:
        exchange_id = await self._exchanges.open(caller.actor, ANSWER_S)
        answered = False
        try:
            push(request_body(encode(str(exchange_id)), inquiry.method, bytes(inquiry.params)))
            content = await self._exchanges.take(caller.actor, exchange_id, ANSWER_S)
            answered = content is not None
        finally:
            if not answered:
                push(notification_body("notifications/cancelled", encode({"requestId": str(exchange_id)})))
                await asyncio.shield(self._exchanges.close(caller.actor, exchange_id))
        if content is None:
            return unanswered(inquiry.method)
        answer = _decode(content).result
        if answer is msgspec.UNSET or not is_object(answer):
            raise Unanswered("The client refused to answer", NO_ANSWER)
        return answer


_decode = msgspec.json.Decoder(_Answer).decode
