"""Notices leave the house: to people, to Slack-compatible webhooks, to signed webhooks; again when it failed."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy

from conducktor.core.ids import WorkspaceId
from conducktor.notices.deliver import again_at
from conducktor.notices.notice import Notice, NoticeBody, Topic
from tests.notices.receiver import Receiver
from tests.product import Browser, Product, decoded, eventually
from tests.support.databases import execute
from tests.support.mail_server import MailServer
from tests.support.promptly import PATIENCE_S

CHANNELS = "/api/workspaces/lab/notices/channels"
BODY = NoticeBody(
    title="Approval needed: linear-prod_create_issue for Ada",
    text="Ada asks to run <linear>.",
    link="http://localhost/w/lab/approvals/1",
    facts={"approval_id": "1"},
)


async def tell(
    product: Product, *, once_key: str | None = None, topic: Topic = Topic.APPROVALS, to: tuple[str, ...] = ()
) -> bool:
    notice = Notice(topic=topic, once_key=once_key or uuid4().hex, body=BODY, recipients=to)
    async with product.parts.database.transaction() as tx:
        workspace_id = await tx.session.scalar(sqlalchemy.text("SELECT id FROM workspaces WHERE slug = 'lab'"))
        return await product.parts.notices.tell(tx, WorkspaceId(UUID(str(workspace_id))), notice)


async def channel(ada: Browser, **wish: Any) -> dict[str, Any]:
    made = await ada.post(CHANNELS, {"name": "Chat", "topics": ["approvals"], **wish})
    created: dict[str, Any] = decoded(made)
    return created


async def listed(ada: Browser) -> dict[str, Any]:
    (only,) = decoded(await ada.get(CHANNELS))
    view: dict[str, Any] = only
    return view


async def test_the_people_concerned_get_a_letter_without_any_channel(product: Product, ada: Browser, mail: MailServer) -> None:
    mail.letters.clear()

    await tell(product, to=("bob@example.com", "bob@example.com", "cy@example.com"))

    await eventually(lambda: len(mail.letters) == 2)
    assert sorted(str(letter["To"]) for letter in mail.letters) == ["bob@example.com", "cy@example.com"]
    letter = mail.letters[0]
    assert letter["Subject"] == "Approval needed: linear-prod_create_issue for Ada (Lab)"
    assert "http://localhost/w/lab/approvals/1" in letter.get_content()


async def test_an_event_is_told_once(product: Product, ada: Browser, receiver: Receiver) -> None:
    await channel(ada, kind="slack", url=receiver.url)

    assert await tell(product, once_key="the same") is True
    assert await tell(product, once_key="the same") is False

    await eventually(lambda: len(receiver.received) == 1)


async def test_slack_gets_text_that_can_not_mention_or_link(product: Product, ada: Browser, receiver: Receiver) -> None:
    await channel(ada, kind="slack", url=receiver.url)

    await tell(product)

    await eventually(lambda: len(receiver.received) == 1)
    assert receiver.told == [
        {
            "text": "*Approval needed: linear-prod_create_issue for Ada*\nAda asks to run &lt;linear&gt;.\n"
            "<http://localhost/w/lab/approvals/1|Open in Conducktor>\n_Lab_"
        }
    ]


async def test_a_webhook_is_signed_and_its_receiver_can_check_that(product: Product, ada: Browser, receiver: Receiver) -> None:
    created = await channel(ada, kind="webhook", url=receiver.url + "?key=1")
    secret = created["secret"]
    assert len(secret) >= 40
    assert secret not in str(await listed(ada))
    assert created["channel"]["target"] == f"http://127.0.0.1:{receiver.port}"

    await tell(product)

    await eventually(lambda: len(receiver.received) == 1)
    got = receiver.received[0]
    moment, _, mac = got.headers["conducktor-signature"].removeprefix("t=").partition(",v1=")
    assert mac == hmac.new(secret.encode(), f"{moment}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert abs(int(moment) - datetime.now(UTC).timestamp()) < 60
    told = receiver.told[0]
    assert told["id"] == got.headers["conducktor-delivery"]
    assert (told["topic"], told["workspace"], told["facts"]) == ("approvals", "Lab", {"approval_id": "1"})


async def test_what_failed_is_sent_again_under_the_same_id_until_it_is_taken(
    product: Product, ada: Browser, receiver: Receiver
) -> None:
    await channel(ada, kind="webhook", url=receiver.url)
    receiver.status = "503 Service Unavailable"
    await tell(product)
    await eventually(lambda: len(receiver.received) == 1)
    await _until(ada, lambda view: view["last_problem"] is not None)
    assert (await listed(ada))["last_problem"] == f"http://127.0.0.1:{receiver.port} answered with 503."

    receiver.status = "200 OK"
    await _time_passes(product, seconds=11)

    await eventually(lambda: len(receiver.received) == 2)
    await _until(ada, lambda view: view["last_problem"] is None)
    assert len({received.headers["conducktor-delivery"] for received in receiver.received}) == 1


async def test_after_eight_attempts_it_is_given_up(product: Product, ada: Browser, receiver: Receiver) -> None:
    await channel(ada, kind="webhook", url=receiver.url)
    receiver.status = "500 Internal Server Error"
    await tell(product)
    await eventually(lambda: len(receiver.received) == 1)
    await _until(ada, lambda view: view["last_problem"] is not None)  # the first attempt is written down
    await execute(product.parts.settings.database_url, "UPDATE notice_deliveries SET attempts = 7, next_attempt_at = now()")
    await _rung_for(product, receiver, 2)

    await _until(ada, lambda view: view["last_problem"] is not None)
    await _time_passes(product, seconds=7200)
    await eventually(lambda: len(receiver.received) == 2)
    assert await product.parts.deliveries.due(10) == []


async def test_a_channel_that_asks_never_to_be_called_again_is_not(product: Product, ada: Browser, receiver: Receiver) -> None:
    await channel(ada, kind="webhook", url=receiver.url)
    receiver.status = "410 Gone"
    await tell(product)
    await eventually(lambda: len(receiver.received) == 1)
    await _until(ada, lambda view: view["last_problem"] is not None)

    await _time_passes(product, seconds=7200)

    assert await product.parts.deliveries.due(10) == []


async def test_a_channel_that_hangs_does_not_hold_up_another(product: Product, ada: Browser, receiver: Receiver) -> None:
    async with Receiver() as dead:
        dead.delay_s = 30
        await channel(ada, kind="webhook", url=dead.url, name="Dead")
        await channel(ada, kind="webhook", url=receiver.url, name="Alive")

        for _ in range(5):
            await tell(product)

        await eventually(lambda: len(receiver.received) == 5)
        assert len(dead.received) <= 1


async def test_a_killed_workers_claim_is_followed_by_another_attempt(product: Product, ada: Browser, receiver: Receiver) -> None:
    """At least once: the receiver drops the repetition by its id."""
    await channel(ada, kind="webhook", url=receiver.url)
    await tell(product)
    await eventually(lambda: len(receiver.received) == 1)
    await _written_down(product)
    lapsed = "UPDATE notice_deliveries SET ended_at = NULL, claimed_until = now() - interval '1 second'"
    await execute(product.parts.settings.database_url, lapsed)

    await _rung_for(product, receiver, 2)
    assert len({received.headers["conducktor-delivery"] for received in receiver.received}) == 1


async def test_only_the_topics_of_an_enabled_channel_go_there(product: Product, ada: Browser, receiver: Receiver) -> None:
    made = await channel(ada, kind="webhook", url=receiver.url)
    await tell(product, topic=Topic.BUDGETS)
    decoded(await ada.patch(f"{CHANNELS}/{made['channel']['id']}", {"is_enabled": False}))
    await tell(product)
    decoded(await ada.patch(f"{CHANNELS}/{made['channel']['id']}", {"is_enabled": True, "topics": ["budgets"]}))

    await tell(product, topic=Topic.BUDGETS)

    await eventually(lambda: len(receiver.received) == 1)
    assert receiver.told[0]["topic"] == "budgets"


async def test_a_test_message_says_what_is_wrong(ada: Browser, receiver: Receiver) -> None:
    made = await channel(ada, kind="slack", url=receiver.url)
    path = f"{CHANNELS}/{made['channel']['id']}/test"

    assert decoded(await ada.post(path))["problem"] is None
    receiver.status = "404 Not Found"
    failed = decoded(await ada.post(path))

    assert failed["problem"] == failed["channel"]["last_problem"] == f"http://127.0.0.1:{receiver.port} answered with 404."


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "email", "addresses": []}, "addresses"),
        ({"kind": "email", "addresses": ["not an address"]}, "addresses"),
        ({"kind": "slack"}, "url"),
        ({"kind": "slack", "url": "http://169.254.169.254/latest"}, "url"),
        ({"kind": "webhook", "url": "ftp://example.com"}, "url"),
        ({"kind": "webhook", "url": "https://example.com", "secret": "short"}, "secret"),
        ({"kind": "webhook", "url": "https://example.com", "topics": []}, "topics"),
        ({"kind": "email", "addresses": ["ops@example.com"], "name": " "}, "name"),
    ],
)
async def test_what_can_not_work_is_refused_at_its_field(ada: Browser, wish: dict[str, Any], field: str) -> None:
    refused = await ada.post(CHANNELS, {"name": "Chat", "topics": ["approvals"], **wish})
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == [field]


async def test_an_address_inside_the_house_is_never_called(product: Product, ada: Browser) -> None:
    made = await channel(ada, kind="slack", url="https://localhost:9/hook")
    problem = decoded(await ada.post(f"{CHANNELS}/{made['channel']['id']}/test"))["problem"]
    assert problem


async def test_a_changed_channel_keeps_what_was_not_given(ada: Browser, receiver: Receiver) -> None:
    made = await channel(ada, kind="webhook", url=receiver.url)
    path = f"{CHANNELS}/{made['channel']['id']}"

    decoded(await ada.patch(path, {"name": "Renamed"}))
    decoded(await ada.post(f"{path}/test"))

    got = receiver.received[0]
    moment, _, mac = got.headers["conducktor-signature"].removeprefix("t=").partition(",v1=")
    assert mac == hmac.new(made["secret"].encode(), f"{moment}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert (await listed(ada))["name"] == "Renamed"
    decoded(await ada.delete(path))
    assert decoded(await ada.get(CHANNELS)) == []


async def test_reach_says_whether_anybody_would_be_told(product: Product, ada: Browser) -> None:
    topics = decoded(await ada.get("/api/workspaces/lab/notices/reach"))["topics"]
    assert [(topic["topic"], topic["is_told"], topic["by_mail"]) for topic in topics] == [
        ("approvals", True, True),
        ("budgets", True, True),
        ("connections", True, True),
    ]


def test_attempts_come_later_and_later_up_to_an_hour() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    pauses = [again_at(attempt, now) - now for attempt in range(1, 9)]
    assert pauses[0] == timedelta(seconds=10)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


async def _until(ada: Browser, holds: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds(await listed(ada)):
            await asyncio.sleep(0.02)


async def _written_down(product: Product) -> None:
    """The worker notes how it ended after the receiver has it."""
    ended = sqlalchemy.text("SELECT count(*) FROM notice_deliveries WHERE ended_at IS NOT NULL")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with product.parts.database.transaction() as tx:
                if await tx.session.scalar(ended):
                    return
            await asyncio.sleep(0.02)


async def _rung_for(product: Product, receiver: Receiver, deliveries: int) -> None:
    """The worker looks for what is due; while one look is under way, ringing for another does nothing."""
    async with asyncio.timeout(PATIENCE_S):
        while len(receiver.received) < deliveries:
            await product.parts.doorbell.ring("ring_due_notices", key="due-notices")
            await asyncio.sleep(0.1)


async def _time_passes(product: Product, *, seconds: float) -> None:
    moved = "UPDATE notice_deliveries SET next_attempt_at = next_attempt_at - make_interval(secs => $1)"
    await execute(product.parts.settings.database_url, moved, seconds)
