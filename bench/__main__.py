"""`python -m bench`: start everything, measure in turn, print the report, keep the figures in bench/results."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench import environments, machine, measure, report, targets
from bench.conducktor_target import conducktor, conducktor_rules
from bench.profile import profile
from bench.targets import Site, Start, Target

CALLED: dict[str, Start] = {
    "direct": targets.direct,
    "do-nothing": targets.do_nothing,
    "npm-sdk": targets.npm_sdk,
    "fastmcp-default": targets.fastmcp_default,
    "fastmcp-shared": targets.fastmcp_shared,
    "conducktor": conducktor,
    "conducktor-rules": conducktor_rules,
}
SLOW = frozenset({"fastmcp-default"})  # no goal rests on it, and its cells are long
LEGACY_ONLY = frozenset({"npm-sdk"})  # its client has no `server/discover`
LISTED: dict[str, Start] = {"npm-sdk": targets.npm_sdk_of_all, "fastmcp-shared": targets.fastmcp_of_all}


def main() -> int:
    arguments = _arguments()
    if arguments.report:
        print(report.render(msgspec.json.decode(arguments.report.read_bytes(), type=report.Run)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    environments.require_programs()
    machine.require_cores()
    environments.prepare()
    only = _chosen(arguments)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conducktor-bench-")))
        site = stack.enter_context(targets.upstream(directory, arguments.upstream))
        if arguments.profile:
            print(profile(stack.enter_context(CALLED[arguments.profile](site)), environments.RESULTS))
            return 0
        run = _run(stack, site, only, measure.QUICK if arguments.quick else measure.FULL)
    kept = environments.RESULTS / f"{run.started_at.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    print(f"\n{report.render(run)}\n\nKept in {kept.relative_to(environments.REPOSITORY)}")
    return 1 if report.bad_answers(run.cells) else 0


def _run(stack: ExitStack, site: Site, only: Sequence[str], plan: measure.Plan) -> report.Run:
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    called = _start(stack, site, CALLED, only)
    measure.warm_up(called, "tools/call", plan)
    cells = measure.measure(called, "tools/call", measure.CONCURRENCIES, plan)
    listed = [target for target in called if target.listed] + _start(stack, site, LISTED, only)
    measure.warm_up(listed, "tools/list", plan)
    cells += measure.measure(listed, "tools/list", (1,), plan)
    return report.Run(started_at, machine.describe(), environments.versions(), msgspec.structs.asdict(plan), cells)


def _start(stack: ExitStack, site: Site, starts: dict[str, Start], only: Sequence[str]) -> list[Target]:
    return [stack.enter_context(start(site)) for name, start in starts.items() if name in only]


def _chosen(arguments: argparse.Namespace) -> list[str]:
    if not arguments.only:
        left_out = (SLOW if arguments.quick else frozenset()) | (LEGACY_ONLY if arguments.upstream == "modern" else frozenset())
        return [name for name in CALLED if name not in left_out]
    chosen: list[str] = arguments.only.split(",")
    if unknown := set(chosen) - set(CALLED):
        raise SystemExit(f"bench: unknown target {', '.join(sorted(unknown))}; known: {', '.join(CALLED)}")
    return chosen


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Compare Conducktor with other ways to reach the same tools."
    )
    parser.add_argument("--quick", action="store_true", help="one short round, below 90 s: is everything right, not how fast")
    parser.add_argument("--only", metavar="NAMES", help=f"comma-separated targets out of {', '.join(CALLED)}")
    parser.add_argument("--upstream", choices=("legacy", "modern"), default="legacy", help="protocol era of the upstream")
    parser.add_argument("--profile", choices=list(CALLED), help="no table: where the time of this target goes, by py-spy")
    parser.add_argument("--report", type=Path, metavar="FILE", help="no measuring: print the report of an earlier run")
    return parser.parse_args()


sys.exit(main())
