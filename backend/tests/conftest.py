"""One embedded PostgreSQL for the whole run; a database of its own for each test that asks for one."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import structlog

import conducktor.parts  # noqa: F401 - imports every model
from conducktor.audit import group_commit
from conducktor.budgets import booking
from conducktor.infra import database as database_module
from conducktor.infra.database import Database
from conducktor.infra.embedded_postgres import EmbeddedPostgres
from conducktor.infra.migrations import upgrade
from conducktor.settings import Settings
from tests.product import Product, running_product
from tests.support.databases import at, copied, execute
from tests.support.open_directory import open_directory
from tests.support.promptly import PATIENCE_S

for module, limit in ((database_module, "CONNECT_TIMEOUT_S"), (group_commit, "COPY_TIMEOUT_S"), (booking, "TIMEOUT_S")):
    setattr(module, limit, PATIENCE_S)  # a busy machine is no database that is away

hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")

structlog.configure(
    processors=[  # tracebacks as the product logs them: structlog's own draw every local variable, for seconds
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(bool_as_flag=False),
    ]
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """DSN of a real server; `TEST_DATABASE_URL` names another one to use."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with open_directory() as place:
        server = EmbeddedPostgres(place / "postgres")
        dsn = server.start()
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here needs to outlive the machine
            connection.execute("SELECT pg_reload_conf()")
        yield dsn
        server.stop()


@pytest.fixture(scope="session")
async def template(postgres: str) -> str:
    """A database with the product's tables, copied for each test."""
    name = f"template_{uuid4().hex[:8]}"
    await execute(postgres, f'CREATE DATABASE "{name}"')
    upgrade(at(postgres, name))
    return name


@pytest.fixture
async def database_url(postgres: str, template: str) -> AsyncIterator[str]:
    async with copied(postgres, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path, outbound_allow=("127.0.0.0/8", "::1"), worker="separate")


@pytest.fixture
async def product(settings: Settings) -> AsyncIterator[Product]:
    """The whole product on a database of its own; without a worker and without a mail server."""
    async with running_product(settings) as running:
        yield running
