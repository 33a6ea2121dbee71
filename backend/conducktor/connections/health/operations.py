"""Asking how a connection is."""

from datetime import timedelta
from typing import Annotated

import msgspec

from conducktor.connections import lookup
from conducktor.connections.health import queries
from conducktor.connections.health.own_health import own_health
from conducktor.connections.health.views import DAY, HealthHistory, HealthView, health_view, history_view, with_own_account
from conducktor.connections.own_accounts.link import SignInLinks
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction

PERIODS_READ = 2_000
"""Changes of status that are counted at most; a connection that flaps more than that has an approximate uptime."""
HOUR = timedelta(hours=1)
HOURLY_UP_TO_DAYS = 7


class WhichHealth(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class WhichHistory(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    days: Annotated[int, msgspec.Meta(ge=1, le=30, description="How far back. Up to 7 days by the hour, beyond by the day.")] = 1


@operation("connections.health", "GET /connections/{name}/health", Permission.CONNECTIONS_READ)
async def get_connection_health(
    actor: Actor, data: WhichHealth, *, tx: Transaction, clock: Clock, sign_in_links: SignInLinks
) -> HealthView:
    """Tell whether a connection works, since when, and if not: why, and what to do. With uptime and latency of the last day."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    now = clock()
    periods = await queries.periods(tx, actor.workspace_id, connection.id, now - DAY, PERIODS_READ)
    hours = await queries.hours(tx, actor.workspace_id, connection.id, now - DAY)
    view = health_view(connection, await lookup.counts_of(tx, connection), periods, hours, now)
    return with_own_account(view, await own_health(tx, actor, connection, sign_in_links))


@operation(
    "connections.health_history",
    "GET /connections/{name}/health/history",
    Permission.CONNECTIONS_READ,
    web_only="it is a chart; get_connection_health says the same in figures",
)
async def get_connection_health_history(actor: Actor, data: WhichHistory, *, tx: Transaction, clock: Clock) -> HealthHistory:
    """Show how a connection was over time: uptime, answers and their latency, changes of its status. Kept for 30 days."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    now = clock()
    step = HOUR if data.days <= HOURLY_UP_TO_DAYS else DAY
    since = (now - data.days * DAY).replace(minute=0, second=0, microsecond=0) + HOUR
    periods = await queries.periods(tx, actor.workspace_id, connection.id, since, PERIODS_READ)
    hours = await queries.hours(tx, actor.workspace_id, connection.id, since)
    return history_view(connection, (since, now), step, periods, hours)


HEALTH_OPERATIONS = (get_connection_health, get_connection_health_history)
