"""One sandbox for all tests that leave its process alone; each test brings its own names, so they do not meet."""

from collections.abc import Iterator

import pytest
from mcp import Client

from tests.sandbox.process import Connect, SandboxProcess
from tests.support.promptly import PATIENCE_S


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    folder = tmp_path_factory.mktemp("sandbox")
    process = SandboxProcess(folder / "data", folder / "log")
    yield process
    process.stop()


@pytest.fixture(params=["legacy", "auto"])
def connect(sandbox: SandboxProcess, request: pytest.FixtureRequest) -> Connect:
    """The official client for a service: once with the handshake of 2025, once as `server/discover` negotiates."""
    return lambda service: Client(sandbox.url(service), mode=request.param, read_timeout_seconds=PATIENCE_S)
