"""From cells to the tables and the goals. Medians over the rounds."""

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from bench.measure import CONCURRENCIES, Cell
from bench.targets import Method

_RATIOS_AT = 16  # the concurrency the ratio goals are stated for


class Run(msgspec.Struct, frozen=True):
    """One run as it is kept in bench/results."""

    started_at: str
    machine: dict[str, str]
    versions: dict[str, str]
    plan: dict[str, int]
    cells: list[Cell]


class Goal(msgspec.Struct, frozen=True):
    """A figure that Conducktor should reach: at least, or at most, `limit`."""

    text: str
    value: float
    limit: float
    is_ceiling: bool = False

    @property
    def is_reached(self) -> bool:
        return self.value <= self.limit if self.is_ceiling else self.value >= self.limit


def bad_answers(cells: Sequence[Cell]) -> int:
    return sum(cell.load.bad + cell.load.socket_errors for cell in cells)


def goals(cells: Sequence[Cell]) -> list[Goal]:
    """The goals that the measured targets allow to judge."""
    found = []
    names = {cell.target for cell in cells}
    if "conducktor" not in names:
        return []
    ours = _rate(cells, "conducktor", _RATIOS_AT)
    if fastmcp := [_rate(cells, name, _RATIOS_AT) for name in names if name.startswith("fastmcp-")]:
        found.append(Goal(f"calls/s, times FastMCP's best (c={_RATIOS_AT})", ours / max(fastmcp), 8))
    for name, text, limit in (("npm-sdk", "times the bare npm proxy", 4), ("do-nothing", "of the do-nothing proxy", 0.45)):
        if name in names:
            found.append(Goal(f"calls/s, {text} (c={_RATIOS_AT})", ours / _rate(cells, name, _RATIOS_AT), limit))
    if "conducktor-rules" in names:
        ruled = _rate(cells, "conducktor-rules", _RATIOS_AT) / ours
        found.append(Goal(f"calls/s with 20 policies and 3 budgets, of those without (c={_RATIOS_AT})", ruled, 0.75))
    if "direct" in names:
        added = _p50(cells, "conducktor", "tools/call", 1) - _p50(cells, "direct", "tools/call", 1)
        found.append(Goal("added p50 of a call, ms (c=1)", added, 1.2, is_ceiling=True))
    if any(cell.method == "tools/list" for cell in cells if cell.target == "conducktor"):
        found.append(
            Goal("p50 of tools/list, 1,000 tools, ms (c=1)", _p50(cells, "conducktor", "tools/list", 1), 5, is_ceiling=True)
        )
    return found


def render(run: Run) -> str:
    """The whole report as Markdown."""
    calls = [cell for cell in run.cells if cell.method == "tools/call"]
    lists = [cell for cell in run.cells if cell.method == "tools/list"]
    about = ", ".join(f"{name} {value}" for name, value in {**run.machine, **run.versions}.items())
    parts = [f"{run.started_at}; {about}; {run.plan['rounds']} rounds of {run.plan['seconds']} s", _call_table(calls)]
    if lists:
        parts.append(_list_table(lists))
    if reached := goals(run.cells):
        parts.append(_goal_table(reached))
    parts.append(f"Bad answers and socket errors: {bad_answers(run.cells)}. {_disturbance(run.cells)}")
    return "\n\n".join(parts)


def _call_table(cells: Sequence[Cell]) -> str:
    loads = [f"{figure} c={c}" for c in CONCURRENCIES for figure in ("calls/s", "p50 ms", "p99 ms")]
    at = f"c={_RATIOS_AT}"
    shares = [f"× {name} {at}" for name in ("direct", "do-nothing", "npm-sdk", "FastMCP best")]
    titles = ["tools/call", *loads, f"CPU s/1,000 {at}", f"database CPU s/1,000 {at}", "RSS MiB", *shares]
    names = list(dict.fromkeys(cell.target for cell in cells))
    fastmcp = max((_rate(cells, name, _RATIOS_AT) for name in names if name.startswith("fastmcp-")), default=0.0)
    bases = [_rate(cells, name, _RATIOS_AT) for name in ("direct", "do-nothing", "npm-sdk")] + [fastmcp]
    rows = []
    for name in names:
        row = [name]
        for c in CONCURRENCIES:
            own = _of(cells, name, "tools/call", c)
            row += [f"{_rate(cells, name, c):,.0f}", _middle(own, _p50_of, 2), _middle(own, _p99_of, 1)]
        own = _of(cells, name, "tools/call", _RATIOS_AT)
        row += [_middle(own, _gateway_cpu, 3), _middle(own, _database_cpu, 3), _middle(own, lambda cell: cell.peak_rss_mib, 0)]
        row += [f"{_rate(cells, name, _RATIOS_AT) / base:.3g}" if base else "–" for base in bases]
        rows.append(row)
    return _table(titles, rows)


def _list_table(cells: Sequence[Cell]) -> str:
    rows = []
    for name in dict.fromkeys(cell.target for cell in cells):
        own = _of(cells, name, "tools/list", 1)
        rows.append([name, _middle(own, _p50_of, 2), _middle(own, _p99_of, 1), _middle(own, _gateway_cpu, 2)])
    return _table(["tools/list, 50 × 20 tools, c=1", "p50 ms", "p99 ms", "CPU s/1,000"], rows)


def _goal_table(found: Sequence[Goal]) -> str:
    rows = [
        [goal.text, f"{goal.value:.2f}", f"{'≤' if goal.is_ceiling else '≥'} {goal.limit:g}", "yes" if goal.is_reached else "NO"]
        for goal in found
    ]
    return _table(["goal", "reached", "wanted", "met"], rows)


def _disturbance(cells: Sequence[Cell]) -> str:
    worst = max(cells, key=lambda cell: cell.others_cpu)
    middle = median(cell.others_cpu for cell in cells)
    return (
        f"Cores kept busy by processes outside the benchmark: median {middle:.2f}, worst {worst.others_cpu:.2f} "
        f"({worst.target}, {worst.method}, c={worst.concurrency})."
    )


def _of(cells: Sequence[Cell], target: str, method: Method, concurrency: int) -> list[Cell]:
    wanted = (target, method, concurrency)
    return [cell for cell in cells if (cell.target, cell.method, cell.concurrency) == wanted]


def _rate(cells: Sequence[Cell], target: str, concurrency: int) -> float:
    own = _of(cells, target, "tools/call", concurrency)
    return median(cell.load.requests / cell.load.duration_s for cell in own) if own else 0.0


def _p50(cells: Sequence[Cell], target: str, method: Method, concurrency: int) -> float:
    return median(_p50_of(cell) for cell in _of(cells, target, method, concurrency))


def _p50_of(cell: Cell) -> float:
    return cell.load.p50_ms


def _p99_of(cell: Cell) -> float:
    return cell.load.p99_ms


def _gateway_cpu(cell: Cell) -> float:
    return cell.gateway_cpu_s / max(cell.load.requests, 1) * 1000


def _database_cpu(cell: Cell) -> float:
    return cell.database_cpu_s / max(cell.load.requests, 1) * 1000


def _middle(cells: Sequence[Cell], figure: Callable[[Cell], float], digits: int) -> str:
    return f"{median(figure(cell) for cell in cells):,.{digits}f}" if cells else "–"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in (titles, *rows)) for i in range(len(titles))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in (titles, *rows)
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
