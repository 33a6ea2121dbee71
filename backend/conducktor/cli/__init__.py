"""`conducktor …`: what an operator runs. Imports what a command needs only when it runs: the others stay quick."""

import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import click
import msgspec

from conducktor import settings as environment
from conducktor.core.errors import ConducktorError, Unavailable
from conducktor.infra import telemetry
from conducktor.infra.child_process import stop_with_parent
from conducktor.infra.data_directory import claim
from conducktor.infra.embedded_postgres import EmbeddedPostgres, running_dsn
from conducktor.infra.listener import loopback_of
from conducktor.settings import Settings

CANNOT = 2  # the exit code of a refusal that was explained in one line


class _OneLine(click.Group):
    """Refusals become one line that says what to do, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConducktorError as error:
            click.echo(" ".join(filter(None, ("conducktor:", error.detail, error.next_step))), err=True)
            sys.exit(CANNOT)


@click.group(cls=_OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Conducktor: the governed MCP gateway for ChatGPT. Settings come from the environment: `conducktor settings`."""


@main.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when whoever started this ends (`make run`).")
def run(with_parent: bool) -> None:
    """Start everything here: database, API, worker and, if set, the sandbox. Ctrl-C stops it."""
    from conducktor.cli.run import run as run_everything

    if with_parent:
        stop_with_parent()
    run_everything(environment.load())


@main.command()
@click.option("--fd", type=int, help="An inherited listening socket; without it, listens on CONDUCKTOR_PORT.")
@click.option("--index", type=int, default=0, show_default=True, help="The number of this process among its siblings.")
@click.option("--gate", type=int, hidden=True, help="An inherited pipe: load, then serve when it closes.")
def serve(fd: int | None, index: int, gate: int | None) -> None:
    """Serve the API with one process."""
    from conducktor.cli.serve import serve as serve_one_process

    settings = _attached(environment.load())
    telemetry.configure(settings.log_level)
    serve_one_process(settings, fd=fd, index=index, gate=gate)


@main.command()
def worker() -> None:
    """Run jobs: approved calls, workflows, health checks. Any number may run."""
    import uvloop

    from conducktor import worker as jobs

    settings = _attached(environment.load())
    telemetry.configure(settings.log_level)
    uvloop.run(jobs.run(settings))


@main.command()
def migrate() -> None:
    """Bring the database to this version's shape. Safe to run at any time, by several at once."""
    from conducktor.infra import schema_version

    with _database(environment.load()) as database_url:
        if not schema_version.is_current(database_url):
            from conducktor.infra.migrations import upgrade

            upgrade(database_url)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
def openapi(file: str) -> None:
    """Write the OpenAPI document of the JSON API, from which the web application's client is generated."""
    from conducktor.app import describe

    Path(file).write_text(describe())


@main.group()
def keys() -> None:
    """The keys with which secrets are stored."""


@keys.command()
def rotate() -> None:
    """Take a new key into use and store every secret anew with it, while everything runs. Goes on where it was stopped."""
    import uvloop

    from conducktor.cli.keys import rotate as rotate_keys

    settings = environment.load()
    with _database(settings) as database_url:
        uvloop.run(rotate_keys(msgspec.structs.replace(settings, database_url=database_url), click.echo))


@main.command()
def health() -> None:
    """Ask the API whether it can serve; exit code 0 means yes."""
    settings = environment.load()
    connection = HTTPConnection(loopback_of(settings.host), settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.public_host})
        answer = connection.getresponse()
        click.echo(f"{answer.status} {answer.read(1000).decode(errors='replace').strip()}")
    except (OSError, HTTPException) as error:
        raise Unavailable(f"Nothing answers on port {settings.port}: {error or type(error).__name__}.") from None
    finally:
        connection.close()
    sys.exit(0 if answer.status == 200 else 1)


@main.command()
def settings() -> None:
    """List every setting: its variable, meaning, default and present value."""
    present = environment.load()
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    for field in msgspec.structs.fields(Settings):
        variable, meaning = environment.VARIABLES[field.name]
        value, default = _shown(field.name, getattr(present, field.name)), _shown("", field.default)
        click.echo(f"{click.style(variable, bold=True)} = {value or '(empty)'}")
        click.echo(textwrap.fill(meaning, width, initial_indent="    ", subsequent_indent="    "))
        click.echo(f"    Default: {default or '(empty)'}\n")


def _shown(field: str, value: object) -> str:
    if value and field in environment.SECRET_FIELDS:
        return "(set, not shown)"
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _attached(settings: Settings) -> Settings:
    """With the address of the embedded server that `conducktor run` runs, unless a database is set."""
    if settings.database_url or not (dsn := running_dsn(settings.data_dir / "postgres")):
        return settings
    return msgspec.structs.replace(settings, database_url=dsn)


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The database's address: the one set, the one that runs, or the embedded one for as long as needed."""
    if dsn := _attached(settings).database_url:
        yield dsn
        return
    lock = claim(settings.data_dir)
    server = EmbeddedPostgres(settings.data_dir / "postgres")
    try:
        yield server.start()
    finally:
        server.stop()
        lock.release()
