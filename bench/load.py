"""One load run: wrk in a closed loop against one target, on the load core."""

import os
import subprocess
from pathlib import Path

import msgspec

from bench.machine import LOAD_CORE
from bench.targets import Method, Target

_SCRIPT = Path(__file__).with_name("call.lua")


class Load(msgspec.Struct, frozen=True):
    """What the client saw. `bad`: answers that were not the right one; `socket_errors`: connects, reads, writes, time-outs."""

    requests: int
    duration_s: float
    p50_ms: float
    p99_ms: float
    bad: int
    socket_errors: int


def drive(target: Target, method: Method, concurrency: int, seconds: int) -> Load:
    """Load `target` and check every answer. Calls cut off by the end of the run are not counted."""
    wrk = ("wrk", "--threads", "1", "--connections", str(concurrency), "--duration", f"{seconds}s", "--timeout", "10s")
    asked = {"BENCH_METHOD": method, "BENCH_TOOL": target.tool, "BENCH_TOKEN": target.token, "BENCH_LISTED": str(target.listed)}
    done = subprocess.run(
        ("taskset", "--cpu-list", str(LOAD_CORE), *wrk, "--script", str(_SCRIPT), target.url),
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 30,
    )
    if done.stderr:
        print(f"  {target.name}: {done.stderr.strip()[:400]}", flush=True)
    if done.returncode:
        raise SystemExit(f"bench: wrk failed against {target.name} with code {done.returncode}")
    return msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=Load)
