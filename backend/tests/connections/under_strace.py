"""What the kernel sees: no request makes the served product start a process (`make campaigns`; it takes Debian's strace).

`make test` shows the same by an audit hook (`test_local_servers.py`), which sees Python's ways to start one, and needs nothing.
"""

import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conducktor.settings import Settings
from tests.gateway.client import Client, text
from tests.product import Browser, decoded, eventually, running_product, signed_up
from tests.support.databases import copied
from tests.support.served import Process, killed_in_the_end

SERVER = Path(__file__).with_name("stdio_server.py")
HOME = "/api/workspaces/lab"
WITNESS = Path("/tmp/conducktor-was-here")
"""What the attacks would make."""
SHELL: dict[str, Any] = {"command": "/bin/sh", "args": ["-c", f"touch {WITNESS}"], "env": {"PATH": "/bin"}}
STARTED_BY_OPERATOR = f'execve("{sys.executable}", ["{sys.executable}", "{SERVER}"]'
_OF_A_PROCESS = re.compile(r"^\d+ +(execve|execveat|fork|vfork|clone|clone3)\((.*)$")


class Lab(msgspec.Struct, frozen=True):
    """A person and a client at the traced process."""

    ada: Browser
    client: Client
    trace: Path

    def started(self) -> list[str]:
        """Programs, in order; those that were only tried too."""
        return [f"{call}({said}" for call, said in self._calls() if call.startswith("exec")]

    def born(self) -> int:
        """New processes; threads are none."""
        return sum(not call.startswith("exec") and "CLONE_THREAD" not in said for call, said in self._calls())

    def _calls(self) -> list[tuple[str, str]]:
        found = map(_OF_A_PROCESS.match, self.trace.read_text(errors="replace").splitlines())
        return [(match[1], match[2]) for match in found if match]


@pytest.fixture(scope="module")
async def lab(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    strace = shutil.which("strace")
    assert strace, "strace is missing. Install it: apt-get install strace"
    folder = tmp_path_factory.mktemp("strace")
    file, trace = folder / "servers.toml", folder / "trace"
    file.write_text(f"[servers.lab-tools]\ncommand = {json.dumps(sys.executable)}\nargs = [{json.dumps(str(SERVER))}]\n")
    file.chmod(0o600)
    under = (strace, "-f", "-qq", "-s", "300", "-e", "trace=execve,execveat,fork,vfork,clone,clone3", "-o", str(trace))
    async with copied(postgres, template) as url:
        settings = Settings(
            database_url=url, data_dir=folder, worker="separate", local_servers=file, outbound_allow=("127.0.0.0/8",)
        )
        async with (
            running_product(settings) as product,
            await signed_up(product, "ada@example.com") as here,
            await Client.authorized(product, here, "lab") as client,
        ):
            served = Process(product.parts.settings, product.parts.settings.origin, folder / "log", under=under)
            with killed_in_the_end([served]):
                await served.ready()
                async with served.client(client) as there, Browser(served.url) as ada:
                    ada.cookies = here.cookies
                    yield Lab(ada, there, trace)


async def test_no_request_starts_a_process(lab: Lab) -> None:
    at_rest, born = lab.started(), lab.born()  # a library asks `file` for the kind of interpreter when it is loaded
    assert '"-m", "conducktor.cli", "serve"' in at_rest[0]
    await _import_programs(lab.ada)
    await _wish_for_programs(lab)
    await _describe_with_programs(lab.ada)
    await _put_programs_where_addresses_belong(lab.ada)
    assert (lab.started(), lab.born()) == (at_rest, born)

    made = decoded(await lab.ada.post(f"{HOME}/connections", {"service": "local-lab-tools"}))
    assert made["state"] == "ACTIVE", made
    with_server = lab.started()
    assert [STARTED_BY_OPERATOR in program for program in with_server[len(at_rest) :]] == [True], with_server
    assert lab.born() == born + 1
    await _change_what_runs(lab)
    await _say_programs_in_calls(lab.client)
    assert (lab.started(), lab.born()) == (with_server, born + 1)
    assert not _is_there(WITNESS)


async def test_strace_would_have_seen_it(lab: Lab) -> None:
    """The operator's own server starts programs of its own, and these are in the trace."""
    before = len(lab.started())
    assert text(await lab.client.call("lab-tools_echo", text="up")) == "up"
    await lab.client.call("lab-tools_offspring")
    await eventually(lambda: any("sleep" in program for program in lab.started()[before:]))


def _is_there(path: Path) -> bool:
    return path.exists()


async def _import_programs(ada: Browser) -> None:
    """server.json documents whose server is a program, or whose address is one."""
    package = {"registryType": "npm", "identifier": "@example/evil", "version": "1.0.0", "transport": {"type": "stdio"}}
    oci = {"registryType": "oci", "identifier": "example.com/evil:1", "transport": {"type": "stdio"}, "runtimeHint": "docker"}
    remote = {"type": "streamable-http", "url": "https://mcp.example.com/mcp"}
    servers: tuple[dict[str, Any], ...] = (
        {"packages": [package]},
        {"packages": [oci | {"runtimeArguments": [{"type": "positional", "value": "run"}]}]},
        {"packages": [package], "remotes": [remote]},
        {"remotes": [{"type": "stdio", **SHELL}]},
        {"remotes": [{"type": "stdio", "url": "stdio:/bin/sh"}]},
        {"remotes": [remote | SHELL]},
        {"remotes": [{"type": "streamable-http", "url": "file:///bin/sh"}]},
        {"remotes": [{"type": "streamable-http", "url": "stdio:lab-tools"}]},
        {"remotes": [remote], "_meta": {"dev.conducktor/catalog": {"local": SHELL, "transport": "stdio"}}},
    )
    for number, more in enumerate(servers):
        name = f"com.example/evil-{number}"
        server = {"name": name, "description": "Starts.", "version": "1.0.0", **more}
        report = decoded(await ada.post(f"{HOME}/catalog/import", {"document": json.dumps(server)}))
        answer = await ada.post(f"{HOME}/connections", {"service": name.replace("/", "."), "auth": "none", **SHELL})
        assert answer.status_code == 422 or answer.json()["state"] != "ACTIVE", (report, answer.text)
    for url in ("file:///etc/passwd", "stdio:/bin/sh", "data:application/json,{}", "jar:file:///x!/y"):
        assert (await ada.post(f"{HOME}/catalog/import", {"url": url})).status_code == 422, url


async def _wish_for_programs(lab: Lab) -> None:
    for wish in (
        {"url": "stdio:lab-tools", "transport": "stdio"},
        {"url": "stdio:/bin/sh", "auth": "none", "transport": "streamable_http"},
        {"url": "file:///bin/sh", "auth": "none"},
        {"url": "http://127.0.0.1:9/mcp", "transport": "stdio", "auth": "none"},
        {"transport": "stdio", **SHELL},
        {"service": "local-../../bin/sh"},
        {"service": "local-lab-tools\x00/bin/sh"},
        {"service": "local-lab-tools", "url": "stdio:/bin/sh"},
        {"service": "local-lab-tools", "secret": "sesame-open", "variables": {"PATH": "/bin"}},
        {"service": "$(touch /tmp/conducktor-was-here)", "url": "https://`touch /tmp/conducktor-was-here`.example.com"},
    ):
        assert (await lab.ada.post(f"{HOME}/connections", {"name": "evil", **wish})).status_code in (400, 422), wish
        asked = {"name": "conducktr_create_connection", "arguments": {"name": "evil", **wish}}
        answer = (await lab.client.legacy("tools/call", asked)).json()
        assert "error" in answer or answer["result"]["isError"], wish


async def _describe_with_programs(ada: Browser) -> None:
    """REST services: addresses and references that lead to files."""
    paths = {"/x": {"get": {"operationId": "x", "responses": {"200": {"$ref": "file:///etc/passwd#/x"}}}}}
    document = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths, "servers": [{"url": "file:///bin"}]}
    body = {"document": json.dumps(document), "operations": ["GET /x"], "name": "evil"}
    for url in ("file:///bin/sh", "stdio:lab-tools"):
        assert (await ada.post(f"{HOME}/apis", body | {"url": url})).status_code == 422, url
        assert (await ada.post(f"{HOME}/apis/read", {"document_url": url})).status_code == 422, url
    await ada.post(f"{HOME}/apis/read", {"document": '!!python/object/apply:os.system ["touch /tmp/conducktor-was-here"]'})


async def _put_programs_where_addresses_belong(ada: Browser) -> None:
    for address in ("file:///bin/sh", "stdio:lab-tools", "|touch /tmp/conducktor-was-here"):
        channel: dict[str, Any] = {"kind": "webhook", "name": "evil", "topics": ["connections"], "url": address}
        assert (await ada.post(f"{HOME}/notices/channels", channel)).status_code in (400, 422), address


async def _change_what_runs(lab: Lab) -> None:
    for change in (
        {"transport": "sse"},
        {"url": "https://example.com/mcp"},
        {"url": "stdio:/bin/sh"},
        {"auth": "bearer", "secret": "sesame-open"},
    ):
        assert (await lab.ada.patch(f"{HOME}/connections/lab-tools", change)).status_code in (400, 422), change
    decoded(await lab.ada.patch(f"{HOME}/connections/lab-tools", {"title": "$(touch /tmp/conducktor-was-here)"}))


async def _say_programs_in_calls(client: Client) -> None:
    words = {"text": f"; touch {WITNESS} #", **SHELL, "_meta": SHELL}
    assert str(WITNESS) in text(await client.call("lab-tools_echo", **words))
    await client.legacy("tools/call", {"name": "lab-tools_echo", "arguments": {"text": "x"}, "_meta": SHELL, **SHELL})
    for name in (f"lab-tools_echo; touch {WITNESS}", "/bin/sh", "stdio:/bin/sh"):
        await client.legacy("tools/call", {"name": name, "arguments": SHELL})
    for uri in ("file:///bin/sh", "stdio:/bin/sh"):
        await client.legacy("resources/read", {"uri": uri})
    await client.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": SHELL, **SHELL})
    await client.legacy("prompts/get", {"name": "/bin/sh", "arguments": {"command": f"touch {WITNESS}"}})
