"""A person's client, and connections to an upstream of each era."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.gateway.conftest import ada, client, product  # noqa: F401 - fixtures
from tests.gateway.mirror import Mirror
from tests.product import Browser, decoded

ERAS = ("legacy", "modern")
REGIONAL = {
    "name": "regional",
    "inputSchema": {
        "type": "object",
        "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "count": {"type": "integer", "x-mcp-header": "Count"},
        },
    },
}


@pytest.fixture(scope="package")
async def mirrors(ada: Browser) -> AsyncIterator[dict[str, Mirror]]:  # noqa: F811
    """By era; each is connected under the name of its era."""
    async with AsyncExitStack() as stack:
        opened = {era: await stack.enter_async_context(Mirror(modern=era == "modern")) for era in ERAS}
        for era, mirror in opened.items():
            mirror.tools.append(REGIONAL)
            wish = {"name": era, "url": mirror.url, "auth": "none"}
            assert decoded(await ada.post("/api/workspaces/lab/connections", wish))["state"] == "ACTIVE"
        yield opened


@pytest.fixture
def modern(mirrors: dict[str, Mirror]) -> Mirror:
    return _fresh(mirrors["modern"])


@pytest.fixture
def legacy(mirrors: dict[str, Mirror]) -> Mirror:
    return _fresh(mirrors["legacy"])


def _fresh(mirror: Mirror) -> Mirror:
    mirror.says, mirror.errs, mirror.murmurs, mirror.raw = '{"content":[]}', False, None, b""
    return mirror
