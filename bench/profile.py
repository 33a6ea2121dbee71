"""Where the time of a target goes: py-spy on its busiest process under load."""

import subprocess
from collections import Counter
from pathlib import Path

from bench import environments, machine
from bench.load import drive
from bench.machine import LOAD_CORE
from bench.targets import Target

_SECONDS = 8
_SHOWN = 30
_IDLE = "_worker (concurrent/futures/thread.py"  # py-spy takes threads that wait for work for busy ones


def profile(target: Target, directory: Path) -> str:
    """Functions by own time and by time with callees, in % of samples, at concurrency 16."""
    if target.pid is None:
        raise SystemExit(f"bench: {target.name} is no process that could be profiled")
    drive(target, "tools/call", 16, 2)
    pid = max((process for process in machine.tree(target.pid) if process.name != "postgres"), key=lambda found: found.cpu_s).pid
    stacks = directory / f"profile-{target.name}.txt"
    options = ("--duration", str(_SECONDS), "--rate", "100", "--format", "raw", "--function", "--output", str(stacks))
    command = (
        "taskset",
        "--cpu-list",
        str(LOAD_CORE),
        str(environments.PEERS_BIN / "py-spy"),
        "record",
        "--pid",
        str(pid),
        *options,
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as spy:
        load = drive(target, "tools/call", 16, _SECONDS + 2)
        said = spy.communicate(timeout=60)[0]
    if spy.returncode or not stacks.exists():
        raise SystemExit(f"bench: py-spy failed (it needs the right to trace process {pid}):\n{said[-1000:]}")
    title = f"{target.name}, c=16, {load.requests / load.duration_s:,.0f} calls/s while profiled"
    return f"{title}\n\n{_render(stacks.read_text().splitlines())}"


def _render(folded: list[str]) -> str:
    """`folded` holds one stack a line: frames joined by `;`, a space, the number of samples."""
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for line in folded:
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        if frames[-1].startswith(_IDLE):
            continue
        own[frames[-1]] += int(samples)
        for frame in set(frames):
            within[frame] += int(samples)
    total = sum(own.values())
    lines = []
    for title, counter in (("own time", own), ("with callees", within)):
        lines.append(f"{title}, % of {total} samples")
        lines += [f"  {count / total:6.1%}  {frame}" for frame, count in counter.most_common(_SHOWN)]
    return "\n".join(lines)
