"""The measuring: cells (target × concurrency × round), interleaved so that a disturbance hits every target alike."""

import time
from collections.abc import Sequence

import msgspec

from bench import machine
from bench.load import Load, drive
from bench.machine import Process
from bench.targets import Method, Target

CONCURRENCIES = (1, 16, 64)


class Plan(msgspec.Struct, frozen=True):
    rounds: int
    seconds: int  # of one cell
    warm_s: int


FULL = Plan(rounds=3, seconds=4, warm_s=2)
QUICK = Plan(rounds=1, seconds=2, warm_s=1)


class Cell(msgspec.Struct, frozen=True):
    """One load run. CPU is of the whole run, also of calls that its end cut off.

    `others_cpu`: cores that processes outside the benchmark kept busy meanwhile (0 … 2); a cell with much of it is disturbed.
    """

    target: str
    method: Method
    concurrency: int
    round: int
    load: Load
    gateway_cpu_s: float
    busiest_process_cpu_s: float
    database_cpu_s: float
    others_cpu: float
    peak_rss_mib: float


def warm_up(targets: Sequence[Target], method: Method, plan: Plan) -> None:
    for target in targets:
        drive(target, method, 16 if method == "tools/call" else 1, max(plan.warm_s, target.shortest_s))


def measure(targets: Sequence[Target], method: Method, concurrencies: Sequence[int], plan: Plan) -> list[Cell]:
    cells = []
    for number in range(plan.rounds):
        for concurrency in concurrencies:
            for target in targets:
                _await_calm(targets)
                cell = _measure_one(target, method, concurrency, number, plan)
                print(_line(cell), flush=True)
                cells.append(cell)
    return cells


def _measure_one(target: Target, method: Method, concurrency: int, number: int, plan: Plan) -> Cell:
    before, others_s, started = _processes(target), _cpu_of_others_s(), time.monotonic()
    load = drive(target, method, concurrency, max(plan.seconds, target.shortest_s))
    after, others_cpu = _processes(target), (_cpu_of_others_s() - others_s) / (time.monotonic() - started)
    spent = {pid: process.cpu_s - (before[pid].cpu_s if pid in before else 0) for pid, process in after.items()}
    database = {pid for pid, process in after.items() if process.name == "postgres"}
    gateway = [cpu_s for pid, cpu_s in spent.items() if pid not in database]
    return Cell(
        target=target.name,
        method=method,
        concurrency=concurrency,
        round=number,
        load=load,
        gateway_cpu_s=sum(gateway),
        busiest_process_cpu_s=max(gateway, default=0),
        database_cpu_s=sum(spent[pid] for pid in database),
        others_cpu=max(0.0, others_cpu),
        peak_rss_mib=sum(process.peak_rss_mib for pid, process in after.items() if pid not in database),
    )


def _await_calm(targets: Sequence[Target], limit_s: float = 6) -> None:
    """Wait until no target is still busy with the calls that the last cell cut off."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        before = _total_cpu_s(targets)
        time.sleep(0.2)
        if _total_cpu_s(targets) - before <= 0.02:
            return


def _total_cpu_s(targets: Sequence[Target]) -> float:
    return sum(process.cpu_s for target in targets for process in _processes(target).values())


def _cpu_of_others_s() -> float:
    return machine.cpu_of_all_s() - machine.cpu_of_ours_s()


def _processes(target: Target) -> dict[int, Process]:
    return {process.pid: process for process in machine.tree(target.pid)} if target.pid else {}


def _line(cell: Cell) -> str:
    load, bad = cell.load, cell.load.bad + cell.load.socket_errors
    what = f"{cell.round + 1} {cell.method} c={cell.concurrency:<2} {cell.target:<16}"
    speed = f"{load.requests / load.duration_s:9.1f}/s  p50 {load.p50_ms:9.3f} ms  p99 {load.p99_ms:9.3f} ms"
    return f"  {what} {speed}  others {cell.others_cpu:4.2f}  bad {bad}"
