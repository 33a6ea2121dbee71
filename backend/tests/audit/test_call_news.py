"""Open pages learn of calls soon, not of each one, and always of the last."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from conducktor.audit import call_news
from conducktor.audit.call_news import CallNews
from conducktor.core.ids import WorkspaceId, new_id
from conducktor.infra.database import CHANNEL, Database
from tests.support.promptly import PATIENCE_S


@pytest.fixture
async def heard(database_url: str) -> AsyncIterator["asyncio.Queue[str]"]:
    """What every process hears."""
    payloads: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(database_url)
    await connection.add_listener(CHANNEL, lambda _connection, _pid, _channel, payload: payloads.put_nowait(str(payload)))
    yield payloads
    await connection.close()


async def test_the_last_call_of_a_burst_is_told_once_its_second_is_over(database: Database, heard: "asyncio.Queue[str]") -> None:
    news, workspace_id = CallNews(database), WorkspaceId(new_id())

    at_once = [news.statement([workspace_id]) for _ in range(5)]

    assert at_once[0] is not None
    assert at_once[1:] == [None] * 4
    async with asyncio.timeout(PATIENCE_S):
        assert str(workspace_id) in await heard.get()
    assert heard.empty()
    await news.stop()


async def test_another_workspace_does_not_wait(database: Database) -> None:
    news = CallNews(database)

    assert news.statement([new_id()]) is not None
    assert news.statement([new_id()]) is not None
    await news.stop()


async def test_what_is_still_owed_does_not_keep_the_process_from_stopping(
    database: Database, heard: "asyncio.Queue[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_news, "ANNOUNCE_EVERY_S", 2 * PATIENCE_S)
    news, workspace_id = CallNews(database), WorkspaceId(new_id())
    news.statement([workspace_id])
    news.statement([workspace_id])

    async with asyncio.timeout(PATIENCE_S):
        await news.stop()

    assert heard.empty()
