"""What a cache may keep, and for how long, with and without a feed that tells it of changes."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from conducktor.infra import changes
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from tests.product import eventually


class Shop:
    """Prices that can be read while the reader is held up; counts the readings."""

    def __init__(self, feed: ChangeFeed) -> None:
        self.now = 1000.0
        self.price = 1
        self.readings = 0
        self.open = asyncio.Event()
        self.open.set()
        self.cached: Cached[str, int] = Cached(feed, stale=_concerns, monotonic=lambda: self.now)

    async def ask(self) -> int:
        return await self.cached.get("tea", self._read)

    async def _read(self) -> int:
        self.readings += 1
        price = self.price
        await self.open.wait()
        return price


@pytest.fixture
async def feed(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChangeFeed]:
    monkeypatch.setattr(changes, "TRUSTED_FOR_S", 60.0)  # on a busy machine heartbeats are late
    feed = ChangeFeed(database)
    await feed.start()
    await eventually(lambda: feed.is_live)
    yield feed
    await feed.stop()


@pytest.fixture
def deaf(database: Database) -> ChangeFeed:
    return ChangeFeed(database)


async def test_a_crowd_waits_for_one_reading_also_while_the_process_is_deaf(deaf: ChangeFeed) -> None:
    shop = Shop(deaf)

    assert await asyncio.gather(*(shop.ask() for _ in range(50))) == [1] * 50
    assert shop.readings == 1


async def test_a_deaf_process_reads_anew_for_whoever_comes_later(deaf: ChangeFeed) -> None:
    shop = Shop(deaf)
    await shop.ask()
    shop.price = 2

    assert await shop.ask() == 2


async def test_nobody_joins_a_reading_that_began_before_a_revocation_must_be_known(deaf: ChangeFeed) -> None:
    shop = Shop(deaf)
    shop.open.clear()
    early = asyncio.create_task(shop.ask())
    await eventually(lambda: shop.readings == 1)
    shop.price, shop.now = 2, shop.now + 1
    late = asyncio.create_task(shop.ask())
    await eventually(lambda: shop.readings == 2)
    shop.open.set()

    assert (await early, await late) == (1, 2)


async def test_whoever_comes_after_a_change_does_not_get_what_was_read_before_it(feed: ChangeFeed, database: Database) -> None:
    shop = Shop(feed)
    shop.open.clear()
    early = asyncio.create_task(shop.ask())
    await eventually(lambda: shop.readings == 1)
    shop.price = 2
    await _announce(feed, database, "prices")
    late = asyncio.create_task(shop.ask())
    await asyncio.sleep(0)
    shop.open.set()

    assert (await early, await late) == (1, 2)
    assert await shop.ask() == 2


async def test_what_does_not_concern_a_value_does_not_cost_it_its_place(feed: ChangeFeed, database: Database) -> None:
    shop = Shop(feed)
    shop.open.clear()
    asking = asyncio.create_task(shop.ask())
    await eventually(lambda: shop.readings == 1)
    await _announce(feed, database, "calls")
    shop.open.set()
    await asking

    await shop.ask()
    assert shop.readings == 1


async def test_what_this_process_changed_is_known_in_it_before_the_announcement_comes_back(database: Database) -> None:
    feed = ChangeFeed(database)
    feed._heard_at = time.monotonic() + 60  # trusted, and without a connection that could hear anything
    shop = Shop(feed)
    await shop.ask()
    shop.price = 2
    async with database.transaction() as tx:
        await tx.announce(Change(topic="prices"))
        assert await shop.ask() == 1, "nobody knows before it is committed"

    assert await shop.ask() == 2


async def test_what_was_rolled_back_is_told_to_nobody(database: Database) -> None:
    feed = ChangeFeed(database)
    feed._heard_at = time.monotonic() + 60
    shop = Shop(feed)
    await shop.ask()
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await tx.announce(Change(topic="prices"))
            raise ZeroDivisionError

    await shop.ask()
    assert shop.readings == 1


async def test_one_who_gives_up_does_not_take_the_reading_from_the_others(deaf: ChangeFeed) -> None:
    shop = Shop(deaf)
    shop.open.clear()
    first, second = asyncio.create_task(shop.ask()), asyncio.create_task(shop.ask())
    await eventually(lambda: shop.readings == 1)
    first.cancel()
    shop.open.set()

    assert await second == 1


async def test_a_failed_reading_fails_for_those_who_wait_and_is_not_kept(deaf: ChangeFeed) -> None:
    cached: Cached[str, int] = Cached(deaf, stale=_concerns)

    async def fail() -> int:
        raise OSError

    async def succeed() -> int:
        return 1

    failed = await asyncio.gather(cached.get("tea", fail), cached.get("tea", fail), return_exceptions=True)
    assert [type(error) for error in failed] == [OSError, OSError]
    assert await cached.get("tea", succeed) == 1


def _concerns(change: Change, _key: str, _price: int) -> bool:
    return change.topic == "prices"


async def _announce(feed: ChangeFeed, database: Database, topic: str) -> None:
    heard: list[Change] = []
    unsubscribe = feed.subscribe(heard.append)
    async with database.transaction() as tx:
        await tx.announce(Change(topic=topic))
    await eventually(lambda: bool(heard))
    unsubscribe()
