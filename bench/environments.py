"""What a run needs before it starts: programs of the system, the compiled upstream, the peers' own pinned packages."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
UPSTREAM_PROGRAM = HERE / "upstream"
PEERS_BIN = HERE / ".venv" / "bin"
RESULTS = HERE / "results"

_DEBIAN_PACKAGES = {
    "wrk": "wrk",
    "gcc": "gcc libc6-dev",
    "node": "nodejs",
    "npm": "npm",
    "taskset": "util-linux",
    "setpriv": "util-linux",
}


def require_programs() -> None:
    """SystemExit with one line per missing program that says what to install."""
    missing = [program for program in _DEBIAN_PACKAGES if shutil.which(program) is None]
    if missing:
        lines = [f"bench: `{program}` is missing; on Debian: apt-get install {_DEBIAN_PACKAGES[program]}" for program in missing]
        raise SystemExit("\n".join(lines))


def prepare() -> None:
    """Build what is absent or older than its source. Nothing is installed outside bench/."""
    RESULTS.mkdir(exist_ok=True)
    source = HERE / "upstream.c"
    if not UPSTREAM_PROGRAM.exists() or UPSTREAM_PROGRAM.stat().st_mtime < source.stat().st_mtime:
        _run("gcc", "-O2", "-Wall", "-Wextra", "-o", str(UPSTREAM_PROGRAM), str(source))
    _once_per_lock(HERE / ".venv", HERE / "requirements.lock", _install_fastmcp)
    _once_per_lock(HERE / "node_modules", HERE / "package-lock.json", _install_npm_sdk)


def versions() -> dict[str, str]:
    """Versions of the peers and of the tools, as they are installed."""
    frozen = _output(str(PEERS_BIN / "pip"), "list", "--format", "freeze").splitlines()
    python = {name: version for name, _, version in (line.partition("==") for line in frozen)}
    sdk = _output("node", "-p", f"require({str(HERE / 'node_modules/@modelcontextprotocol/sdk/package.json')!r}).version")
    commit = _output("git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD")
    return {
        "conducktor": commit.strip(),
        "python": sys.version.split()[0],
        "fastmcp": python["fastmcp"],
        "mcp": python["mcp"],
        "node": _output("node", "--version").strip(),
        "@modelcontextprotocol/sdk": sdk.strip(),
    }


def _install_fastmcp() -> None:
    shutil.rmtree(HERE / ".venv", ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(HERE / ".venv"))
    _run(str(PEERS_BIN / "pip"), "install", "--quiet", "--require-hashes", "--requirement", str(HERE / "requirements.lock"))


def _install_npm_sdk() -> None:
    _run("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel", "error", "--prefix", str(HERE))


def _once_per_lock(directory: Path, lock: Path, install: Callable[[], None]) -> None:
    stamp = directory / ".lock-digest"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"bench: installing {directory.name} from {lock.name} …", flush=True)
    install()
    stamp.write_text(digest)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"bench: `{' '.join(command[:4])} …` failed with code {error.returncode}") from None


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
