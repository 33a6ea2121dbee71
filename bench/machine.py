"""The machine: pinned processes, and what they and others use of it. Linux only (/proc)."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

LOAD_CORE = 0  # wrk, the upstream and the database
GATEWAY_CORE = 1  # whatever is measured
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Process(msgspec.Struct, frozen=True):
    """One process of a tree at one moment. `cpu_s` counts from its start, user and system."""

    pid: int
    name: str
    cpu_s: float
    peak_rss_mib: float


def require_cores() -> None:
    if not {LOAD_CORE, GATEWAY_CORE} <= os.sched_getaffinity(0):
        raise SystemExit("bench: two cores are needed, 0 for the load and 1 for the gateway")


@contextmanager
def running(
    command: Sequence[str], core: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` pinned to `core`, with its output in `log`, until the block ends. It dies with the harness, too."""
    pinned = ("taskset", "--cpu-list", str(core), "setpriv", "--pdeathsig", "TERM", *command)
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned, env={**os.environ, **(environment or {})}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path, limit_s: float = 60) -> None:
    """Return as soon as the loopback port accepts a connection. SystemExit with the end of the log when it does not."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"bench: {log.stem} did not start; the end of {log}:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pin(pid: int, core: int) -> None:
    """Move a running process with all its threads to `core`; what they start later follows."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def arguments(pid: int) -> list[str]:
    """The command line of a process; empty when it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def tree(root: int) -> list[Process]:
    """The process `root` and all its descendants that are alive now."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        if process := _process(pid):
            found.append(process)
    return found


def cpu_of_all_s() -> float:
    """CPU seconds spent on both cores since boot, by anybody; what the hypervisor took counts, interrupts do not."""
    spent = 0
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith((f"cpu{LOAD_CORE} ", f"cpu{GATEWAY_CORE} ")):
            user, nice, system, _idle, _iowait, _irq, _softirq, steal, *_ = (int(field) for field in line.split()[1:])
            spent += user + nice + system + steal
    return spent / _TICKS_PER_S


def cpu_of_ours_s() -> float:
    """CPU seconds spent by this process and everything it has started."""
    ended = os.times()
    return sum(process.cpu_s for process in tree(os.getpid())) + ended.children_user + ended.children_system


def describe() -> dict[str, str]:
    """What a reader of the figures must know about this machine."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ": ?")
    return {"cpu": model.split(":", 1)[1].strip(), "cores": str(os.cpu_count()), "kernel": os.uname().release}


def _process(pid: int) -> Process | None:
    stat = _stat(pid)
    if stat is None:
        return None
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines())
    peak_kib = int(fields["VmHWM"].split()[0]) if "VmHWM" in fields else 0
    return Process(pid, fields["Name"].strip(), (int(stat[11]) + int(stat[12])) / _TICKS_PER_S, peak_kib / 1024)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat after the name: state, parent, …; None when the process has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
