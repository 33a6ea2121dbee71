"""Telling those who look after connections: once when one goes down or wants a sign-in, once when it is well again."""

from datetime import datetime

from conducktor.connections.connection import Connection
from conducktor.connections.health import queries
from conducktor.connections.health.news import FLAPPING_OVER, LOOK_AGAIN_IN, News, news_of, waits_for_confirmation
from conducktor.core.actor import Permission
from conducktor.core.clock import Clock
from conducktor.infra.database import Transaction
from conducktor.notices.notice import Notice, NoticeBody, Topic
from conducktor.notices.notices import Notices


class Owners:
    """One per process."""

    def __init__(self, notices: Notices, clock: Clock, origin: str) -> None:
        self._notices = notices
        self._clock = clock
        self._origin = origin

    async def consider(self, tx: Transaction, connection: Connection) -> None:
        """After a look at it, in the transaction that stored what was found; the connection's row is locked."""
        workspace_id, now = connection.workspace_id, self._clock()
        told = await queries.told(tx, workspace_id, connection.id)
        changes = await queries.changes_since(tx, workspace_id, connection.id, now - FLAPPING_OVER)
        news = news_of(connection, told, changes, now)
        if news is not None:
            await queries.note_told(tx, workspace_id, connection.id, news, now)
            await self._notices.tell(tx, workspace_id, await self._notice(tx, connection, news, now))
        elif waits_for_confirmation(connection, told):
            await queries.look_by(tx, workspace_id, connection.id, now + LOOK_AGAIN_IN)

    async def _notice(self, tx: Transaction, connection: Connection, news: News, now: datetime) -> Notice:
        slug = await queries.slug(tx, connection.workspace_id)
        return Notice(
            topic=Topic.CONNECTIONS,
            once_key=f"connection:{connection.id}:{news}:{now.isoformat()}",
            body=_body(connection, news, f"{self._origin}/w/{slug}/connections/{connection.name}"),
            recipients=await self._notices.addresses_with(tx, connection.workspace_id, Permission.CONNECTIONS_WRITE),
        )


_TITLES = {
    News.DOWN: "{title} is down",
    News.HEALED: "{title} works again",
    News.SIGN_IN_NEEDED: "{title} needs a sign-in",
    News.UNSTABLE: "{title} goes up and down",
}
_TEXTS = {
    News.DOWN: "Its calls fail since {since}. {cause} {next_step}",
    News.HEALED: "It answers since {since}. Nothing needs to be done.",
    News.SIGN_IN_NEEDED: "Its calls are refused since {since}. {cause} {next_step}",
    News.UNSTABLE: "It failed and came back several times within an hour. You hear of it again after a calm hour.",
}


def _body(connection: Connection, news: News, link: str) -> NoticeBody:
    said = {
        "title": connection.title,
        "since": f"{connection.state_since:%d %B %Y, %H:%M} UTC",
        "cause": connection.state_reason or "",
        "next_step": connection.state_next_step or "",
    }
    facts: dict[str, str | int | None] = {
        "kind": news.value,
        "connection": connection.name,
        "since": connection.state_since.isoformat(timespec="seconds"),
        "fault": connection.fault,
    }
    text = " ".join(_TEXTS[news].format(**said).split())
    return NoticeBody(title=_TITLES[news].format(**said), text=text, link=link, facts=facts)
