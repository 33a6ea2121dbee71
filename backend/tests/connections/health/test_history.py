"""Status, its history, and how fast servers answer: what the page and the tool tell."""

from datetime import datetime, timedelta

from conducktor.connections import jobs
from conducktor.connections.health.jobs import KEPT, purge_health
from conducktor.connections.health.latency import BOUNDS_S, CLASSES, class_of, quantile_ms
from conducktor.connections.health.queries import Period
from conducktor.connections.health.status import HealthStatus
from conducktor.connections.health.uptime import uptime_percent
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.queries import take_due
from tests.connections.conftest import Desk
from tests.connections.shelf import WORKING, Shelf
from tests.support.databases import execute
from tests.support.raw_server import answer
from tests.support.rpc_server import reset

UNAUTHORIZED = answer(b"", "401 Unauthorized")
AN_HOUR = timedelta(hours=1)


async def test_the_history_tells_every_change_of_status_and_a_refused_credential_is_no_outage(desk: Desk, shelf: Shelf) -> None:
    await desk.connect(shelf)
    seen = []
    for shelf.broken in (reset, UNAUTHORIZED, WORKING, WORKING):
        await desk.run("connections.test", name="shelf")
        seen.append(await desk.run("connections.health", name="shelf"))
    await desk.run("connections.update", name="shelf", is_enabled=False)

    down, refused, well, still_well = seen
    assert [h.status.value for h in seen] == ["down", "sign_in_needed", "healthy", "healthy"]
    assert "needs a sign-in since" in refused.summary
    assert refused.next_step
    assert down.since < refused.since < well.since == still_well.since

    history = await desk.run("connections.health_history", name="shelf")
    statuses = [change.status.value for change in reversed(history.changes)]
    assert statuses == ["pending", "healthy", "down", "sign_in_needed", "healthy", "disabled"]
    assert [change.until is None for change in history.changes] == [True, False, False, False, False, False]
    assert [change.until for change in history.changes[1:]] == [change.since for change in history.changes[:-1]]
    assert "shelf" in history.changes[3].cause


async def test_what_processes_counted_is_added_up_by_the_hour(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    gone = await desk.connect(shelf, "gone")
    await desk.run("connections.delete", name="gone")
    workspace_id = desk.actor.workspace_id
    for vitals in [Vitals(desk.parts.database, desk.parts.clock) for _ in range(2)]:
        for took_s in (0.010, 0.020, 0.030, 4.0):
            vitals.answered(workspace_id, made.id, took_s)
        vitals.failed(workspace_id, made.id)
        vitals.probed(workspace_id, made.id, None)
        vitals.answered(workspace_id, gone.id, 0.1)  # costs the others nothing
        await vitals.write()
        await vitals.write()

    health = await desk.run("connections.health", name="shelf")
    history = await desk.run("connections.health_history", name="shelf")

    assert (health.calls, health.failed_calls) == (10, 2)
    assert 10 < health.p50_ms <= 20
    assert 3000 < health.p95_ms <= 5000
    assert len(history.points) == 24
    assert (sum(p.calls for p in history.points), sum(p.failed_probes for p in history.points)) == (10, 2)


async def test_answered_calls_put_off_the_next_probe_and_nothing_that_is_needed_all_the_same(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    found = []
    for how in (
        "state_since = now() - interval '1 hour'",
        "state = 'ERROR'",
        "state = 'ACTIVE', discovered_at = now() - interval '61 minutes'",
    ):
        url = desk.parts.settings.database_url
        await execute(url, f"UPDATE connections SET next_check_at = now(), {how}")
        desk.parts.vitals.answered(desk.actor.workspace_id, made.id, 0.1)
        await desk.parts.vitals.write()
        async with desk.parts.database.transaction() as tx:
            found.append(len(await take_due(tx, desk.parts.clock(), jobs.LEASE, jobs.AT_ONCE)))
    assert found == [0, 1, 1]


async def test_a_probe_of_a_known_legacy_server_asks_it_once(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    before = len(shelf.bodies("server/discover")), len(shelf.bodies("initialize"))

    await desk.parts.discovery.check(desk.actor.workspace_id, made.id)

    assert (len(shelf.bodies("server/discover")), len(shelf.bodies("initialize"))) == (before[0], before[1] + 1)


async def test_what_is_older_than_thirty_days_is_forgotten_but_not_what_still_lasts(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf)
    desk.parts.vitals.answered(desk.actor.workspace_id, made.id, 0.1)
    await desk.parts.vitals.write()
    back = f"interval '{int(KEPT.total_seconds()) + 7200} seconds'"
    url = desk.parts.settings.database_url
    await execute(url, f"UPDATE connection_periods SET since = since - {back}, until = until - {back}")
    await execute(url, f"UPDATE connection_hours SET hour = hour - {back}")

    await purge_health(desk.parts.by_name())

    history = await desk.run("connections.health_history", name="shelf", days=30)
    assert [change.status.value for change in history.changes] == ["healthy"]
    assert history.calls == 0
    assert len(history.points) == 30
    assert history.uptime_percent == 100


def test_a_quantile_lies_in_the_class_of_the_answers_that_it_speaks_of() -> None:
    counts = [0] * CLASSES
    for took_s in [0.004] * 90 + [0.4] * 9 + [100.0]:
        counts[class_of(took_s)] += 1
    assert 3 < (quantile_ms(counts, 0.5) or 0) <= 5
    assert 300 < (quantile_ms(counts, 0.95) or 0) <= 500
    assert quantile_ms(counts, 1.0) == 1000 * BOUNDS_S[-1]
    assert quantile_ms([0] * CLASSES, 0.5) is None


def test_only_healthy_and_down_count_for_the_uptime() -> None:
    now = datetime.fromisoformat("2026-08-01T12:00:00+00:00")

    def period(status: str, began_h: float, ended_h: float | None) -> Period:
        until = None if ended_h is None else now - ended_h * AN_HOUR
        return Period(status=HealthStatus(status), fault=None, cause=None, since=now - began_h * AN_HOUR, until=until)

    periods = [period("healthy", 30, 8), period("down", 8, 7), period("sign_in_needed", 7, 2), period("healthy", 2, None)]
    assert uptime_percent(periods, now - 10 * AN_HOUR, now) == 80
    assert uptime_percent(periods, now - 6 * AN_HOUR, now - 3 * AN_HOUR) is None
    assert uptime_percent([period("healthy", 9, 0.0001), period("down", 0.0001, None)], now - 9 * AN_HOUR, now) == 99.99
