"""Alembic's entry: one migration per transaction, our metadata only (SAQ keeps its own `saq_*` tables)."""

from typing import Any

from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import context
from sqlalchemy import Connection

from conducktor.infra.migrations import metadata


def include_object(_object: Any, name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:
    return not (type_ == "table" and name is not None and name.startswith("saq_"))


def render_item(type_: str, item: Any, _context: Any) -> str | bool:
    """Migrations name PostgreSQL's own types, so that they still run when a library's type moves."""
    if type_ == "type" and isinstance(item, GUID):
        return "sa.Uuid()"
    if type_ == "type" and isinstance(item, DateTimeUTC):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        include_object=include_object,
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
