"""A call that is held, and moments that only a race brings about."""

import asyncio

import msgspec

from conducktor.connections.mcp_client import Inquiry, OnInquiry, Reply
from conducktor.gateway.held_call import HeldCall

SURE = Inquiry("sure", "elicitation/create", msgspec.Raw(b"{}"))


async def test_an_answer_to_a_question_that_was_withdrawn_a_moment_ago_is_ignored() -> None:
    asked: list[asyncio.Task[msgspec.Raw]] = []

    async def run(ask: OnInquiry) -> Reply:
        asked.append(asyncio.create_task(ask(SURE)))
        await asyncio.wait(asked)
        return Reply(result=msgspec.Raw(b"{}"))

    for is_answered in (True, False):
        held = HeldCall(run, lambda: True)
        assert list(await held.next_questions()) == ["sure"]
        asked[-1].cancel()
        if is_answered:
            held.answer({"sure": msgspec.Raw(b"{}")})
        await held.let_go()
        asked.clear()
