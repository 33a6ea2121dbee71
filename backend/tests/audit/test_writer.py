"""The trail: durable before, complete after, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from conducktor.audit import queries
from conducktor.audit.writer import AuditWriter
from conducktor.core.actor import Actor, Permission, Surface
from conducktor.core.clock import utc_now
from conducktor.core.errors import Unavailable
from conducktor.core.ids import CallId, UserId, WorkspaceId, new_id
from conducktor.core.tool_call import CallRequest, CallResult, OperationClass, Outcome, ToolCall
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing, load_key_ring
from conducktor.settings import Settings
from tests.support.promptly import PATIENCE_S

CANARY = "canary-argument-value"


@pytest.fixture
def key_ring(settings: Settings) -> KeyRing:
    return load_key_ring("", settings.data_dir)


@pytest.fixture
async def audit(database: Database, key_ring: KeyRing) -> AsyncIterator[AuditWriter]:
    writer = AuditWriter(database, key_ring, utc_now)
    await writer.start()
    yield writer
    await writer.stop()


@pytest.fixture
def actor() -> Actor:
    return Actor(
        user_id=UserId(new_id()),
        user_name="Ada",
        user_email="ada@example.com",
        workspace_id=WorkspaceId(new_id()),
        role="member",
        permissions=frozenset({Permission.TOOLS_CALL}),
        surface=Surface.MCP,
    )


def a_request() -> CallRequest:
    arguments = msgspec.Raw(msgspec.json.encode({"title": CANARY}))
    return CallRequest(
        id=CallId(new_id()),
        method="tools/call",
        name="linear_create_issue",
        connection=None,
        params=msgspec.Raw(b"{}"),
        arguments=arguments,
    )


def a_call(actor: Actor, request: CallRequest) -> ToolCall:
    return ToolCall(
        id=request.id,
        actor=actor,
        method=request.method,
        connection_id=None,
        connection_name="linear",
        tool="create_issue",
        full_name=request.name,
        operation_class=OperationClass.WRITE,
        definition_hash=b"",
        arguments=request.arguments,
    )


async def the_line(database: Database, actor: Actor, request: CallRequest) -> queries.Detail:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with database.transaction() as tx:
                found = await queries.get(tx, actor.workspace_id, request.id)
            if found and found.outcome:
                return found
            await asyncio.sleep(0.01)


async def test_the_entry_is_committed_before_the_call_may_go_on(audit: AuditWriter, database: Database, actor: Actor) -> None:
    request = a_request()
    with audit.trail(actor, request) as trail:
        trail.begin(a_call(actor, request))
        await trail.durable()
        async with database.transaction() as tx:
            seen_before_the_call = await queries.get(tx, actor.workspace_id, request.id)
        trail.finish(CallResult(result=msgspec.Raw(b'{"content":[]}')))

    assert seen_before_the_call is not None
    assert seen_before_the_call.outcome is None
    line = await the_line(database, actor, request)
    assert (line.outcome, line.result_bytes, line.tool) == (Outcome.OK, 14, "create_issue")


async def test_arguments_are_sealed_and_open_only_for_their_own_entry(
    audit: AuditWriter, database: Database, actor: Actor, key_ring: KeyRing
) -> None:
    request = a_request()
    with audit.trail(actor, request) as trail:
        trail.begin(a_call(actor, request))

    line = await the_line(database, actor, request)
    assert line.arguments_sealed is not None
    assert CANARY.encode() not in line.arguments_sealed
    assert key_ring.open(line.arguments_sealed, bound_to=request.id.bytes) == bytes(request.arguments)
    with pytest.raises(Exception, match="another row"):
        key_ring.open(line.arguments_sealed, bound_to=new_id().bytes)


async def test_a_call_refused_before_it_was_known_is_in_the_trail_too(
    audit: AuditWriter, database: Database, actor: Actor
) -> None:
    request = a_request()
    with pytest.raises(Unavailable), audit.trail(actor, request):
        raise Unavailable("the tools cannot be read")

    line = await the_line(database, actor, request)
    assert (line.outcome, line.reason) == (Outcome.FAILED, "the tools cannot be read")


async def test_a_cancelled_call_is_completed_as_cancelled(audit: AuditWriter, database: Database, actor: Actor) -> None:
    request, reached = a_request(), asyncio.Event()

    async def hanging_call() -> None:
        with audit.trail(actor, request) as trail:
            trail.begin(a_call(actor, request))
            await trail.durable()
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hanging_call())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert (await the_line(database, actor, request)).outcome == Outcome.CANCELLED


async def test_many_calls_at_once_share_commits_and_none_is_lost(audit: AuditWriter, database: Database, actor: Actor) -> None:
    async def one() -> None:
        request = a_request()
        with audit.trail(actor, request) as trail:
            trail.begin(a_call(actor, request))
            await trail.durable()
            trail.finish(CallResult(result=msgspec.Raw(b"{}")))

    await asyncio.gather(*(one() for _ in range(500)))
    await audit.stop()

    async with database.transaction() as tx:
        counted = await queries.counts(tx, actor.workspace_id, utc_now() - timedelta(minutes=1), None)
    assert counted.calls == 500
    assert counted.failed == 0


async def test_without_a_database_no_call_goes_on(audit: AuditWriter, database_url: str, actor: Actor) -> None:
    admin = await asyncpg.connect(database_url)
    name = await admin.fetchval("SELECT current_database()")
    await admin.close()
    elsewhere = await asyncpg.connect(database_url.replace(name, "postgres"))
    await elsewhere.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    await elsewhere.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)

    request = a_request()
    with pytest.raises(Unavailable), audit.trail(actor, request) as trail:
        trail.begin(a_call(actor, request))
        await trail.durable()

    await elsewhere.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    await elsewhere.close()
    healed = a_request()
    with audit.trail(actor, healed) as trail:
        trail.begin(a_call(actor, healed))
        await trail.durable()


async def test_an_entry_without_an_end_becomes_unknown_and_a_later_truth_replaces_that(
    audit: AuditWriter, database: Database, actor: Actor
) -> None:
    request = a_request()
    with audit.trail(actor, request) as trail:
        trail.begin(a_call(actor, request))
        await trail.durable()
        async with database.transaction() as tx:
            closed = await queries.close_unfinished(
                tx, since=utc_now() - timedelta(minutes=1), until=utc_now() + timedelta(seconds=1)
            )
        assert closed == 1
        assert (await the_line(database, actor, request)).outcome == Outcome.UNKNOWN
        trail.finish(CallResult(result=msgspec.Raw(b"{}")))

    async with asyncio.timeout(PATIENCE_S):
        while (await the_line(database, actor, request)).outcome != Outcome.OK:
            await asyncio.sleep(0.01)
