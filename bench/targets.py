"""What is compared: how each target is started, and where it is called."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from bench import environments, machine, upstream_tools
from bench.machine import GATEWAY_CORE, LOAD_CORE

Method = Literal["tools/call", "tools/list"]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Something that answers MCP over HTTP. `pid`: root of the process tree whose CPU counts; None: not a gateway."""

    name: str
    url: str
    tool: str = "echo"
    token: str = ""
    listed: int = 0
    pid: int | None = None
    shortest_s: int = 1  # a slow target needs longer cells to answer at all


class Site(msgspec.Struct, frozen=True):
    """Where a run takes place: a temporary directory, and the upstream that is already running."""

    directory: Path
    upstream_port: int

    @property
    def upstreams(self) -> tuple[str, ...]:
        """One URL per connection; each lists its own tools."""
        return tuple(f"http://127.0.0.1:{self.upstream_port}/u/{number}" for number in range(upstream_tools.CONNECTIONS))


Start = Callable[[Site], AbstractContextManager[Target]]


@contextmanager
def upstream(directory: Path, era: Literal["legacy", "modern"]) -> Iterator[Site]:
    """The fast upstream, on the load core."""
    tools = directory / "tools"
    tools.mkdir()
    upstream_tools.write(tools)
    log, port = directory / "upstream.log", machine.free_port()
    command = (str(environments.UPSTREAM_PROGRAM), str(port), str(tools), era)
    with machine.running(command, LOAD_CORE, log) as process:
        machine.wait_until_listening(process, port, log)
        yield Site(directory, port)


@contextmanager
def direct(site: Site) -> Iterator[Target]:
    yield Target(name="direct", url=site.upstreams[0])


@contextmanager
def do_nothing(site: Site) -> Iterator[Target]:
    command = (sys.executable, "-m", *_uvicorn("do_nothing:app"))
    with _listening("do-nothing", site, command, {"UPSTREAM": site.upstreams[0]}) as (url, pid):
        yield Target(name="do-nothing", url=url, pid=pid)


@contextmanager
def npm_sdk(site: Site) -> Iterator[Target]:
    with _npm_sdk("npm-sdk", site, site.upstreams[:1]) as (url, pid):
        yield Target(name="npm-sdk", url=url, pid=pid)


@contextmanager
def npm_sdk_of_all(site: Site) -> Iterator[Target]:
    with _npm_sdk("npm-sdk-of-all", site, site.upstreams) as (url, pid):
        yield Target(name="npm-sdk", url=url, listed=ALL_TOOLS, pid=pid)


@contextmanager
def fastmcp_default(site: Site) -> Iterator[Target]:
    with _fastmcp("fastmcp-default", site, site.upstreams[:1], "default") as (url, pid):
        yield Target(name="fastmcp-default", url=url, pid=pid, shortest_s=4)


@contextmanager
def fastmcp_shared(site: Site) -> Iterator[Target]:
    with _fastmcp("fastmcp-shared", site, site.upstreams[:1], "shared") as (url, pid):
        yield Target(name="fastmcp-shared", url=url, pid=pid)


@contextmanager
def fastmcp_of_all(site: Site) -> Iterator[Target]:
    with _fastmcp("fastmcp-of-all", site, site.upstreams, "shared") as (url, pid):
        yield Target(name="fastmcp-shared", url=url, listed=ALL_TOOLS, pid=pid, shortest_s=5)


ALL_TOOLS = upstream_tools.CONNECTIONS * upstream_tools.TOOLS_EACH
_Place = tuple[str, int]  # URL and pid


@contextmanager
def _npm_sdk(name: str, site: Site, upstreams: tuple[str, ...]) -> Iterator[_Place]:
    command = ("node", str(environments.HERE / "peers" / "npm_sdk_proxy.mjs"))
    with _listening(name, site, command, {"UPSTREAMS": ",".join(upstreams)}) as place:
        yield place


@contextmanager
def _fastmcp(name: str, site: Site, upstreams: tuple[str, ...], client: str) -> Iterator[_Place]:
    command = (str(environments.PEERS_BIN / "python"), "-m", *_uvicorn("fastmcp_proxy:app"))
    with _listening(name, site, command, {"UPSTREAMS": ",".join(upstreams), "CLIENT": client}) as place:
        yield place


def _uvicorn(application: str) -> tuple[str, ...]:
    how = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
    return ("uvicorn", application, "--app-dir", str(environments.HERE / "peers"), *how)


@contextmanager
def _listening(name: str, site: Site, command: tuple[str, ...], environment: dict[str, str]) -> Iterator[_Place]:
    """Run `command` on the gateway core on a free port: as PORT in its environment, for uvicorn as an option as well."""
    port, log = machine.free_port(), site.directory / f"{name}.log"
    if "uvicorn" in command:
        command = (*command, "--port", str(port))
    with machine.running(command, GATEWAY_CORE, log, {**environment, "PORT": str(port)}) as process:
        machine.wait_until_listening(process, port, log)
        yield f"http://127.0.0.1:{port}/mcp", process.pid
