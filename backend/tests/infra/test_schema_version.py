"""The quick look at the database's version agrees with the migration tools."""

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from conducktor.core.errors import Unavailable
from conducktor.infra import migrations, schema_version


def test_the_newest_migration_is_the_only_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))

    assert ScriptDirectory.from_config(config).get_heads() == [schema_version.newest()]


def test_an_empty_database_is_not_current_and_an_upgraded_one_is(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE versioned")
    url = postgres.replace("/postgres?", "/versioned?")
    assert not schema_version.is_current(url)

    migrations.upgrade(url)

    assert schema_version.is_current(url)


def test_an_unreachable_database_is_refused_without_naming_the_password() -> None:
    with pytest.raises(Unavailable) as refused:
        schema_version.is_current("postgresql://ada:a-secret-word@127.0.0.1:1/conducktor")

    assert "Connection refused" in refused.value.detail
    assert "a-secret-word" not in refused.value.detail
