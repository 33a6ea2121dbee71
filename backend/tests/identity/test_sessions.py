from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from conducktor.core.errors import Unauthenticated
from conducktor.core.ids import UserId, new_id
from conducktor.identity import queries
from conducktor.identity.account import Account, Visitor
from conducktor.identity.sessions import Sessions
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database
from conducktor.infra.encryption import load_key_ring
from conducktor.settings import Settings
from tests.product import Browser, Product, answers_within_a_second, decoded, eventually, running_product

VISITOR = Visitor("203.0.113.0/24", "test browser")


class Wrist:
    """A clock that somebody turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[ChangeFeed]:
    feed = ChangeFeed(database)
    await feed.start()
    await eventually(lambda: feed.is_live)
    yield feed
    await feed.stop()


async def _user(database: Database, now: datetime) -> UserId:
    account = Account(id=UserId(new_id()), name="Ada", email="ada@example.com", email_verified=True, is_founder=True)
    async with database.transaction() as tx:
        assert await queries.add_user(tx, account, "hash", now)
    return account.id


async def test_a_session_ends_thirty_days_after_sign_in_however_much_it_is_used(
    database: Database, settings: Settings, feed: ChangeFeed
) -> None:
    clock = Wrist()
    sessions = Sessions(database, feed, load_key_ring("", settings.data_dir), clock)
    user_id = await _user(database, clock())
    async with database.transaction() as tx:
        cookie = await sessions.start(tx, user_id, VISITOR)
    for _ in range(7):
        clock.now += timedelta(days=4)
        assert (await sessions.find(cookie)).user_id == user_id
    clock.now += timedelta(days=2)
    with pytest.raises(Unauthenticated):
        await sessions.find(cookie)


async def test_a_session_that_nobody_uses_for_a_week_ends_and_is_swept(
    database: Database, settings: Settings, feed: ChangeFeed
) -> None:
    clock = Wrist()
    sessions = Sessions(database, feed, load_key_ring("", settings.data_dir), clock)
    user_id = await _user(database, clock())
    async with database.transaction() as tx:
        cookie = await sessions.start(tx, user_id, VISITOR)
    await sessions.find(cookie)
    clock.now += timedelta(days=7)
    with pytest.raises(Unauthenticated, match="expired"):
        await sessions.find(cookie)
    await sessions.sweep()
    with pytest.raises(Unauthenticated, match="ended"):
        await Sessions(database, feed, load_key_ring("", settings.data_dir), clock).find(cookie)


async def test_a_person_sees_his_browsers_and_signs_one_of_them_out(product: Product) -> None:
    async with (
        Browser(product.url, headers={"User-Agent": "laptop"}) as laptop,
        Browser(product.url, headers={"User-Agent": "phone"}) as phone,
        Browser(product.url) as eve,
    ):
        await laptop.sign_up("ada@example.com")
        await phone.sign_in("ada@example.com")
        listed = decoded(await laptop.get("/api/account/sessions"))
        assert {(s["user_agent"], s["network"], s["is_this"]) for s in listed} == {
            ("laptop", "127.0.0.0/24", True),
            ("phone", "127.0.0.0/24", False),
        }
        other = next(s["id"] for s in listed if not s["is_this"])

        await eve.sign_up("eve@example.com", name="Eve")
        assert (await eve.delete(f"/api/account/sessions/{other}")).status_code == 404
        assert (await phone.session())["user"] is not None

        assert (await laptop.delete(f"/api/account/sessions/{other}")).status_code == 204
        await answers_within_a_second(401, phone, "/api/account/sessions")


async def test_a_session_ended_in_one_process_is_dead_in_the_other_within_a_second(settings: Settings) -> None:
    async with (
        running_product(settings) as here,
        running_product(settings) as there,
        Browser(here.url) as ada,
        Browser(there.url) as same_cookie,
    ):
        await ada.sign_up("ada@example.com")
        same_cookie.cookies = dict(ada.cookies)
        assert (await same_cookie.get("/api/account/sessions")).status_code == 200

        await ada.post("/api/sign-out")

        await answers_within_a_second(401, same_cookie, "/api/account/sessions")
