"""The small commands: what they print and how they end."""

from conducktor.infra.embedded_postgres import running_dsn
from conducktor.settings import VARIABLES
from tests.cli.installation import Installation


def test_settings_lists_every_variable_with_its_present_value_and_no_secret(stopped_installation: Installation) -> None:
    listed = stopped_installation.run(
        "settings",
        DATABASE_URL="postgresql://ada:a-secret-word@db.example.com/conducktor",
        CONDUCKTOR_SMTP_URL="smtp://ada:another-secret@mail.example.com",
        CONDUCKTOR_OUTBOUND_ALLOW="10.20.0.0/16, 127.0.0.1:9000",
    )

    assert listed.returncode == 0
    for variable, _ in VARIABLES.values():
        assert f"{variable} = " in listed.stdout
    assert f"CONDUCKTOR_PORT = {stopped_installation.port}\n" in listed.stdout
    assert "CONDUCKTOR_OUTBOUND_ALLOW = 10.20.0.0/16,127.0.0.1:9000\n" in listed.stdout
    assert "DATABASE_URL = (set, not shown)\n" in listed.stdout
    assert "a-secret-word" not in listed.stdout
    assert "another-secret" not in listed.stdout


def test_health_tells_by_its_exit_code_whether_the_api_can_serve(installation: Installation) -> None:
    healthy = installation.run("health")
    silent = installation.run("health", CONDUCKTOR_PORT="1")

    assert (healthy.returncode, healthy.stdout[:3]) == (0, "200")
    assert silent.returncode == 2
    assert silent.stderr.startswith("conducktor: Nothing answers on port 1")


def test_migrate_uses_the_server_that_runs(installation: Installation) -> None:
    assert installation.run("migrate").returncode == 0
    assert installation.is_healthy()


def test_migrate_starts_the_embedded_database_when_it_does_not_run_and_stops_it_again(installation: Installation) -> None:
    installation.stop()

    migrated = installation.run("migrate")

    assert migrated.returncode == 0, migrated.stderr
    assert running_dsn(installation.data_dir / "postgres") is None


def test_serving_without_a_database_says_what_to_start(stopped_installation: Installation) -> None:
    refused = stopped_installation.run("serve")

    assert refused.returncode == 2
    assert "conducktor run" in refused.stderr
