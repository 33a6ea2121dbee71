"""Whether the database already has this version's shape, found out without loading the migration tools.

They take two seconds to import; a start that has nothing to migrate should not wait for them.
"""

from pathlib import Path

import psycopg

from conducktor.core.errors import Unavailable

CONNECT_WITHIN_S = 10
SCRIPTS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def newest() -> str:
    """The number of the last migration: files are called `<number>_<what>.py`, as `migrations.make` names them."""
    return max(script.name.partition("_")[0] for script in SCRIPTS.glob("[0-9]*_*.py"))


def is_current(database_url: str) -> bool:
    """Raises Unavailable, without naming the password, when the database cannot be reached."""
    try:
        with psycopg.connect(database_url, connect_timeout=CONNECT_WITHIN_S) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]
    except psycopg.errors.UndefinedTable:
        return False
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"The database cannot be reached: {str(error).strip().splitlines()[0]}.",
            next_step="Start it, or correct DATABASE_URL.",
        ) from None
