"""Owners hear of a change once, when it is sure, and not of every flap."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connections.conftest import Desk
from tests.connections.shelf import WORKING, Shelf
from tests.notices.receiver import Receiver
from tests.support.databases import execute
from tests.support.raw_server import answer
from tests.support.rpc_server import reset

UNAUTHORIZED = answer(b"", "401 Unauthorized")


@pytest.fixture
async def receiver(desk: Desk) -> AsyncIterator[Receiver]:
    """A webhook that listens to news of connections."""
    async with Receiver() as server:
        await desk.run("notices.create_channel", name="Ops", kind="webhook", url=server.url, topics=["connections"])
        yield server


async def test_owners_hear_once_that_it_is_down_and_once_that_it_is_well_again(
    desk: Desk, shelf: Shelf, receiver: Receiver
) -> None:
    await desk.connect(shelf)
    assert await _told(desk, receiver) == []

    shelf.broken = reset
    await _look(desk)
    assert await _told(desk, receiver) == []  # it may have been one bad moment
    for _ in range(3):
        await _look(desk)
    assert await _told(desk, receiver) == ["connection_down"]

    shelf.broken = WORKING
    await _look(desk)
    health = await desk.run("connections.health", name="shelf")
    assert (health.next_check_at - desk.parts.clock()).total_seconds() <= 20
    for _ in range(2):
        await _look(desk)
    assert await _told(desk, receiver) == ["connection_down", "connection_healed"]

    down, healed = receiver.told
    assert "shelf" in str(down)
    assert "/connections/shelf" in str(down)
    assert "works again" in str(healed)


async def test_a_refused_credential_is_told_at_once_and_flapping_only_as_such(
    desk: Desk, shelf: Shelf, receiver: Receiver
) -> None:
    await desk.connect(shelf)
    for shelf.broken in (UNAUTHORIZED, UNAUTHORIZED, WORKING, WORKING):
        await _look(desk)
    assert await _told(desk, receiver) == ["sign_in_needed", "connection_healed"]

    for shelf.broken in (reset, reset, WORKING, reset, reset, WORKING, WORKING, reset, reset, WORKING, WORKING):
        await _look(desk)
    told = await _told(desk, receiver)
    assert told[2:] == ["connection_down", "connection_unstable"]

    await execute(desk.parts.settings.database_url, "UPDATE connection_periods SET since = since - interval '2 hours'")
    await _look(desk)
    assert await _told(desk, receiver) == [*told, "connection_healed"]


async def test_a_connection_that_never_worked_is_no_news(desk: Desk, shelf: Shelf, receiver: Receiver) -> None:
    shelf.broken = reset
    await desk.connect(shelf)
    for shelf.broken in (reset, reset, UNAUTHORIZED, WORKING, WORKING):
        await _look(desk)
    assert await _told(desk, receiver) == []


async def _look(desk: Desk) -> None:
    """The worker looks, a while after the last time."""
    await desk.run("connections.test", name="shelf")
    moved = "UPDATE connections SET state_since = state_since - interval '15 seconds'"
    await execute(desk.parts.settings.database_url, moved)


async def _told(desk: Desk, receiver: Receiver) -> list[Any]:
    for way in await desk.parts.deliveries.due(100):
        await desk.parts.deliveries.deliver(way)
    return [_kind(told) for told in receiver.told]


def _kind(told: dict[str, Any]) -> Any:
    return told["facts"]["kind"]
