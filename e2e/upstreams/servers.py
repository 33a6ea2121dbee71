"""MCP servers that we did not write, each a process of its own on a free loopback port."""

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from conducktor.infra.child_process import spawn
from tests.support.ports import quiet_port

E2E = Path(__file__).resolve().parents[1]
NODE_MODULES = E2E / "node_modules"
TIME_SERVER = E2E / ".venv" / "bin" / "mcp-server-time"
READY_S = 30.0
STOP_S = 10.0


@asynccontextmanager
async def everything(transport: str = "streamableHttp", port: int | None = None) -> AsyncIterator[str]:
    """The address of a `@modelcontextprotocol/server-everything`; `transport` may also be `sse`. Speaks the legacy era."""
    program = NODE_MODULES / "@modelcontextprotocol/server-everything/dist/index.js"
    port = port or quiet_port()
    async with _running(program, ["node", str(program), transport], port, PORT=str(port)):
        yield f"http://127.0.0.1:{port}/{'mcp' if transport == 'streamableHttp' else transport}"


@asynccontextmanager
async def guarded(*, trusted: Path | None = None) -> AsyncIterator[str]:
    """The address of an `everything` behind npm's `oidc-provider`, whose access tokens are good for 10 s.

    `POST /forget` at its origin makes all tokens worthless; with `?account=` those of one person. `GET /refreshes` counts
    refreshes that worked, `GET /callers` says whose accounts called tools. With `trusted` it
    takes no registrations but documents about clients, from servers of that certificate authority.
    """
    program = E2E / "upstreams" / "guarded_server.mjs"
    port = quiet_port()
    environment = {"PORT": str(port), **({"CLIENTS": "documents", "NODE_EXTRA_CA_CERTS": str(trusted)} if trusted else {})}
    async with everything() as url, _running(program, ["node", str(program)], port, UPSTREAM=url, **environment):
        yield f"http://127.0.0.1:{port}/mcp"


@asynccontextmanager
async def time_server() -> AsyncIterator[str]:
    """The address of a `mcp-server-time` behind npm's `supergateway`, a bridge from stdio to HTTP. Speaks both eras.

    The bridge starts the server anew for each request, which takes a second: call it sparingly.
    """
    bridge = NODE_MODULES / "supergateway/dist/index.js"
    port = quiet_port()
    server = f"{shlex.quote(str(TIME_SERVER))} --local-timezone UTC"
    command = ["node", str(bridge), "--stdio", server, "--outputTransport", "streamableHttp", "--port", str(port)]
    _require(TIME_SERVER)
    async with _running(bridge, command, port):
        yield f"http://127.0.0.1:{port}/mcp"


@asynccontextmanager
async def conformance(era: str) -> AsyncIterator[str]:
    """The address of our own fixture for the official suite, on the `mcp` SDK; `era` is legacy, modern or dual."""
    program = E2E / "upstreams" / "conformance_server.py"
    port = quiet_port()
    command = [sys.executable, "-m", "e2e.upstreams.conformance_server", "--port", str(port), "--era", era]
    async with _running(program, command, port, PYTHONPATH=f"{E2E.parent}{os.pathsep}{E2E.parent / 'backend'}"):
        yield f"http://127.0.0.1:{port}/mcp"


@asynccontextmanager
async def _running(program: Path, command: Sequence[str], port: int, **environment: str) -> AsyncIterator[None]:
    _require(program)
    with tempfile.TemporaryFile() as output:
        process = spawn(command, environment={**os.environ, **environment}, when_orphaned=signal.SIGTERM, output=output)
        try:
            await _answers(port, process, program.name)
            yield
        except Exception:
            output.seek(0)
            print(output.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            _stop(process)


async def _answers(port: int, process: "subprocess.Popen[bytes]", name: str) -> None:
    deadline = time.monotonic() + READY_S
    async with httpx.AsyncClient() as http:
        while time.monotonic() < deadline:
            assert process.poll() is None, f"{name} ended with {process.returncode}"
            try:
                await http.get(f"http://127.0.0.1:{port}/", timeout=5)
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"{name} does not answer after {READY_S:g} s")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Asks first; then the whole group, because a bridge has children of its own."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_S)


def _require(program: Path) -> None:
    assert program.exists(), f"{program} is missing: run e2e/upstreams/install.sh"
