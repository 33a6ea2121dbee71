"""Bringing the database to the models' shape. Several starters at once are fine: one migrates, the others wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advanced_alchemy.base import orm_registry
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, text

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
LOCK_KEY = 7_241_001  # any constant; all migrators of this product take the same advisory lock


def metadata() -> MetaData:
    """Every table of the product. The models must have been imported (`parts.py` does)."""
    return orm_registry.metadata


def upgrade(database_url: str) -> None:
    """Run what is missing, each migration in its own transaction."""
    with _connection(database_url) as (config, _):
        command.upgrade(config, "head")


def make(database_url: str, message: str) -> None:
    """Write a new migration from the difference between the models and an upgraded database."""
    with _connection(database_url) as (config, _):
        command.upgrade(config, "head")
        number = len(list((SCRIPTS / "versions").glob("*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")


def differences(database_url: str) -> list[object]:
    """What the models say that the migrations do not; empty when they match."""
    with _connection(database_url) as (config, connection):
        command.upgrade(config, "head")
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda _o, name, kind, *_: not (kind == "table" and str(name).startswith("saq_"))}
        )
        return list(compare_metadata(context, metadata()))


@contextmanager
def _connection(database_url: str) -> Iterator[tuple[Config, Connection]]:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
            connection.commit()
            try:
                config.attributes["connection"] = connection
                yield config, connection
                connection.commit()
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
                connection.commit()
    finally:
        engine.dispose()
