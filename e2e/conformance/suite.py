"""Running `@modelcontextprotocol/conformance` and reading what it prints."""

import asyncio
import json
import platform
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

E2E = Path(__file__).resolve().parents[1]
PROGRAM = E2E / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
NODE = E2E / "node_modules" / f"node-linux-{ {'x86_64': 'x64', 'aarch64': 'arm64'}.get(platform.machine(), 'x64') }" / "bin/node"
RUN_S = 110.0  # a test ends after 120 s

_SCENARIO = re.compile(r"^[✓✗] (?P<name>[\w/-]+): (?P<passed>\d+) passed, (?P<failed>\d+) failed", re.MULTILINE)
_UNSCORED = re.compile(r"^  [✓✗] (?P<name>[\w/-]+) \((?P<why>[\w-]+)\)$", re.MULTILINE)


class Report(NamedTuple):
    """Scenarios by name. `unscored` are those that fail and do not count; `complaints` are all failed checks."""

    passed: tuple[str, ...]
    failed: tuple[str, ...]
    unscored: tuple[str, ...]
    complaints: tuple[str, ...]

    @property
    def headline(self) -> str:
        failed = f": {', '.join(self.failed)}" if self.failed else ""
        return f"{len(self.passed)} of {len(self.passed) + len(self.failed)} scored scenarios pass{failed}"


async def run_server_suite(url: str, revision: str) -> Report:
    """Everything that `revision` requires of a server, and what the suite runs besides."""
    return await _run(["server", "--url", url, "--requirements", revision])


async def run_client_suite(command: str, revision: str) -> Report:
    """The same for a client: `command` is started once for each scenario, all at once."""
    return await _run(["client", "--command", command, "--requirements", revision, "--timeout", str(int(RUN_S * 1000))])


async def run_authorization_suite(
    issuer: str, client_id: str, resource: str, port: int, visit: Callable[[str], Awaitable[None]]
) -> Report:
    """The same for an authorization server; `visit` is the person who follows the link that is printed."""
    addresses = ["--url", issuer, "--client-id", client_id, "--resource", resource, "--port", str(port)]
    return await _run(["authorization", *addresses], visit)


async def _run(arguments: list[str], visit: Callable[[str], Awaitable[None]] | None = None) -> Report:
    for program in (NODE, PROGRAM):
        assert program.exists(), f"{program} is missing: run e2e/upstreams/install.sh"
    with tempfile.TemporaryDirectory() as results:
        command = [str(NODE), str(PROGRAM), *arguments, "--output-dir", results]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        assert process.stdout is not None
        printed = ""
        try:
            async with asyncio.timeout(RUN_S):
                async for line in process.stdout:
                    printed += line.decode(errors="replace")
                    if visit and line.startswith(b"http"):
                        await visit(line.decode().strip())
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _read(printed, Path(results))


def _read(output: str, results: Path) -> Report:
    summary = output[output.rfind(" SUMMARY ===") :]
    unscored = {found["name"] for found in _UNSCORED.finditer(summary)}
    went_well = {found["name"]: int(found["failed"]) == 0 for found in _SCENARIO.finditer(summary)}
    assert went_well, f"the suite printed no summary:\n{output[-3000:]}"
    return Report(
        tuple(name for name, well in went_well.items() if well and name not in unscored),
        tuple(name for name, well in went_well.items() if not well and name not in unscored),
        tuple(name for name, well in went_well.items() if not well and name in unscored),
        tuple(_complaints(results)),
    )


def _complaints(results: Path) -> Iterator[str]:
    """One line for each failed check."""
    for file in sorted(results.glob("**/checks.json")):
        for check in json.loads(file.read_text()):
            if check["status"] == "FAILURE":
                yield f"{file.parent.name}: {check['id']}: {check.get('errorMessage', '')[:500]}"
