"""The embedded PostgreSQL through everything that happens to it: other users, closed directories, kills at every point."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from conducktor.infra import postgres_home
from conducktor.infra.directory_lock import DirectoryInUse
from conducktor.infra.embedded_postgres import EmbeddedPostgres, running_dsn
from conducktor.infra.postgres_home import CannotHost
from tests.support.open_directory import open_directory

BACKEND = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
ORDINARY_UID = 65534 if IS_ROOT else os.geteuid()

# A process of its own that holds a server until it is told to stop, or killed.
HOLDER = """
import signal, sys
from pathlib import Path
from conducktor.infra.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), elsewhere=Path(sys.argv[2]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may pass through ."""
    with open_directory() as path:
        yield path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A stopped server's directory, made once: most tests start from a copy, as initdb is the slow part."""
    with open_directory() as directory:
        server = EmbeddedPostgres(directory / "pg")
        server.start()
        server.stop()
        yield directory / "pg"


@pytest.fixture
def root(place: Path, cluster: Path) -> Path:
    subprocess.run(["cp", "-a", cluster, place / "pg"], check=True)
    return place / "pg"


@pytest.fixture
def make_server(place: Path) -> Iterator[Callable[[Path], EmbeddedPostgres]]:
    made: list[EmbeddedPostgres] = []

    def make(root: Path) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(root, elsewhere=place / "elsewhere"))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def holders() -> Iterator[list["subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for holder in started:
        holder.communicate(timeout=60)  # the end of its input tells it to stop


def hold(holders: list["subprocess.Popen[str]"], root: Path) -> "tuple[subprocess.Popen[str], str]":
    argv = [sys.executable, "-c", HOLDER, str(root), str(root.parent / "elsewhere")]
    environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
    holders.append(subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment))
    stdout = holders[-1].stdout
    assert stdout
    return holders[-1], stdout.readline().strip()


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def remember_a_duck(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table duck as select 'Ada' as name")


def postmaster(root: Path) -> int:
    home = postgres_home.remembered_home(root) or root
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def wait_until(holds: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_database_outlives_a_clean_stop(place: Path, make_server: Callable[[Path], EmbeddedPostgres]) -> None:
    first = make_server(place / "pg")
    remember_a_duck(first.start())
    first.stop()

    again = make_server(place / "pg")

    assert ask(again.start(), "select name from duck") == "Ada"
    assert first.is_new
    assert not again.is_new


def test_it_listens_on_no_network_and_only_its_owner_reaches_socket_and_password(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    dsn = make_server(root).start()

    assert ask(dsn, "show listen_addresses") == ""
    assert ask(dsn, "show timezone") == "UTC"
    assert ask(dsn, "show max_connections") == "120"
    assert ask(dsn, "select datlocprovider::text || datlocale from pg_database where datname = 'postgres'") == "bC.UTF-8"
    for path, mode in (("sockets", 0o700), ("data", 0o700), ("password", 0o600), ("server.log", 0o600)):
        assert stat.S_IMODE((root / path).stat().st_mode) == mode, path


def test_nobody_gets_in_without_the_password_and_it_is_neither_in_a_command_line_nor_in_the_log(
    place: Path, root: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    dsn = make_server(root).start()
    password = (root / "password").read_text()

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn.replace(password, "wrong"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn.replace(f":{password}", ""))

    assert password.encode() not in Path(f"/proc/{postmaster(root)}/cmdline").read_bytes()
    assert password not in (root / "server.log").read_text()


def test_what_people_typed_is_not_in_the_log_when_a_statement_fails(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    dsn = make_server(root).start()
    with psycopg.connect(dsn) as connection:
        connection.execute("create temp table person (email text primary key)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('ada@example.com'), ('ada@example.com')")

    log = (root / "server.log").read_text()
    assert "duplicate key value" in log
    assert "ada@example.com" not in log


def test_a_second_start_on_the_same_directory_is_refused_at_once_and_harms_nothing(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres], holders: list["subprocess.Popen[str]"]
) -> None:
    holder, dsn = hold(holders, root)

    with pytest.raises(DirectoryInUse, match=f"already used by process {holder.pid}"):
        make_server(root).start()

    assert ask(dsn, "select 1") == 1
    assert running_dsn(root) == dsn


def test_the_running_server_is_found_and_a_stopped_one_is_not(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    server = make_server(root)
    assert running_dsn(root) is None

    dsn = server.start()
    assert running_dsn(root) == dsn

    server.stop()
    assert running_dsn(root) is None


def test_a_killed_server_comes_back_under_the_same_address(root: Path, make_server: Callable[[Path], EmbeddedPostgres]) -> None:
    server = make_server(root)
    dsn = server.start()
    remember_a_duck(dsn)

    os.kill(postmaster(root), signal.SIGKILL)
    wait_until(lambda: not server.is_running())

    assert server.start() == dsn
    assert ask(dsn, "select name from duck") == "Ada"


def test_when_its_parent_is_killed_the_server_shuts_down_cleanly_and_the_next_start_finds_everything(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres], holders: list["subprocess.Popen[str]"]
) -> None:
    holder, dsn = hold(holders, root)
    remember_a_duck(dsn)
    pid = postmaster(root)

    holder.kill()
    wait_until(lambda: is_gone(pid))

    assert "database system is shut down" in (root / "server.log").read_text()
    assert ask(make_server(root).start(), "select name from duck") == "Ada"


def test_a_start_right_after_its_parent_was_killed_waits_for_the_old_server_to_end(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres], holders: list["subprocess.Popen[str]"]
) -> None:
    holder, dsn = hold(holders, root)
    remember_a_duck(dsn)

    holder.kill()
    holder.wait()

    assert ask(make_server(root).start(), "select name from duck") == "Ada"


def test_server_and_parent_killed_together_leave_a_database_that_starts_again(
    root: Path, make_server: Callable[[Path], EmbeddedPostgres], holders: list["subprocess.Popen[str]"]
) -> None:
    holder, dsn = hold(holders, root)
    remember_a_duck(dsn)

    os.kill(postmaster(root), signal.SIGKILL)
    holder.kill()
    holder.wait()

    assert ask(make_server(root).start(), "select name from duck") == "Ada"


def test_a_pid_file_that_names_a_stranger_is_forgotten(root: Path, make_server: Callable[[Path], EmbeddedPostgres]) -> None:
    server = make_server(root)
    server.start()
    server.stop()
    (root / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{root / 'data'}\n")

    assert ask(make_server(root).start(), "select 1") == 1


def test_an_initdb_that_was_killed_halfway_is_done_again(place: Path, make_server: Callable[[Path], EmbeddedPostgres]) -> None:
    half = place / "pg" / "data.draft"
    half.mkdir(parents=True)
    (place / "pg").chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")

    assert ask(make_server(place / "pg").start(), "select 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_stays(
    place: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    root = place / ("long-" * 20) / "pg"
    server = make_server(root)
    dsn = server.start()
    remember_a_duck(dsn)
    server.stop()

    sockets = Path((root / "sockets-at").read_text().strip())
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert make_server(root).start() == dsn
    assert ask(dsn, "select name from duck") == "Ada"

    server.stop()
    shutil.rmtree(sockets)


def test_below_a_closed_directory_it_runs_and_nobody_elses_permissions_change(
    place: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = make_server(closed / "var" / "pg")
    remember_a_duck(server.start())
    server.stop()

    moved = closed.rename(place / "moved")

    assert ask(make_server(moved / "var" / "pg").start(), "select name from duck") == "Ada"
    assert stat.S_IMODE(moved.stat().st_mode) == 0o700


def test_what_a_deleted_temporary_directory_left_elsewhere_is_removed_and_nothing_else(
    place: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for name, owner in (("postgres-gone", closed / "gone"), ("postgres-moved", "/nonexistent/var"), ("postgres-here", place)):
        (place / "elsewhere" / name).mkdir(parents=True)
        (place / "elsewhere" / name / "belongs-to").write_text(f"{owner}\n")

    make_server(closed / "var" / "pg").start()

    assert not IS_ROOT or not (place / "elsewhere" / "postgres-gone").exists()
    assert (place / "elsewhere" / "postgres-moved").exists()
    assert (place / "elsewhere" / "postgres-here").exists()


def test_binaries_below_a_closed_directory_are_copied_for_the_servers_account(
    place: Path, root: Path, make_server: Callable[[Path], EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    _move_wheel_to(closed, monkeypatch)

    assert ask(make_server(root).start(), "select 1") == 1

    assert bool(list(root.glob("postgresql-*"))) == IS_ROOT
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_copied_data_directory_does_not_share_the_database_of_the_original(
    place: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    original, copy, home = place / "original", place / "copy", place / "home"
    for path in (original, copy, home):
        path.mkdir()
    for root in (original, copy):
        (root / "location").write_text(f"{home}\n")
    (home / "belongs-to").write_text(f"{original}\n")

    with pytest.raises(CannotHost, match="is a copy of"):
        make_server(copy).start()


def test_a_lost_password_and_a_lost_home_are_said_in_one_line(
    place: Path, root: Path, make_server: Callable[[Path], EmbeddedPostgres]
) -> None:
    server = make_server(root)
    server.start()
    server.stop()

    (root / "password").rename(place / "password")
    with pytest.raises(CannotHost, match="cannot be opened without it"):
        make_server(root).start()

    (root / "location").write_text(f"{place / 'gone'}\n")
    with pytest.raises(CannotHost, match="which is gone"):
        make_server(root).start()


def test_an_ordinary_user_runs_it_as_itself(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = place / "pg"
    root.mkdir()
    os.chown(root, ORDINARY_UID, -1)
    wheel = place / "wheel"
    wheel.mkdir()
    _move_wheel_to(wheel, monkeypatch)  # the virtual environment may be out of that user's reach

    assert _as_ordinary_user(lambda: _start_and_ask(root)) == 0

    assert (root / "data").stat().st_uid == ORDINARY_UID


def test_root_continues_a_database_that_an_ordinary_user_made(
    place: Path, make_server: Callable[[Path], EmbeddedPostgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = place / "pg"
    root.mkdir()
    os.chown(root, ORDINARY_UID, -1)
    wheel = place / "wheel"
    wheel.mkdir()
    _move_wheel_to(wheel, monkeypatch)
    assert _as_ordinary_user(lambda: _start_and_ask(root)) == 0

    assert ask(make_server(root).start(), "select count(*) from duck") == 1


def _start_and_ask(root: Path) -> None:
    server = EmbeddedPostgres(root)
    try:
        remember_a_duck(server.start())
    finally:
        server.stop()


def _as_ordinary_user(act: Callable[[], None]) -> int:
    """Fork instead of exec: that user may be unable to reach this interpreter. Returns the exit code."""
    child = os.fork()
    if child == 0:
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(ORDINARY_UID)
                os.setuid(ORDINARY_UID)
            act()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - a forked test must never return into pytest
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _move_wheel_to(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the binaries be found in `directory`, as if the virtual environment were there."""
    spec = importlib.util.find_spec(postgres_home.PACKAGE)
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    ignored = shutil.ignore_patterns("pginstall", "include", "*.a")
    shutil.copytree(package, directory / package.name, ignore=ignored)
    shutil.copytree(package.with_name(f"{package.name}.libs"), directory / f"{package.name}.libs")
    monkeypatch.syspath_prepend(directory)
