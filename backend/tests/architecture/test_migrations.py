"""The migrations and the models say the same."""

import asyncpg

from conducktor.infra import migrations


async def test_upgrading_an_empty_database_gives_exactly_what_the_models_say(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    await connection.execute('CREATE DATABASE "migrated"')
    await connection.close()
    head, _, query = postgres.partition("?")
    url = f"{head.rpartition('/')[0]}/migrated?{query}"

    assert migrations.differences(url) == []


def test_every_migration_can_be_undone() -> None:
    scripts = sorted((migrations.SCRIPTS / "versions").glob("*.py"))
    assert scripts
    assert all("def downgrade() -> None:\n    pass" not in script.read_text() for script in scripts)
