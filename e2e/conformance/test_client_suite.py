"""What the official suite requires of clients holds for our side toward upstreams, signing in included."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from e2e.conformance.client_side import ClientSide
from e2e.conformance.expected_failures import CLIENT_SCORED, CLIENT_UNSCORED
from e2e.conformance.suite import run_client_suite
from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person
from e2e.support.product import Product

SHIM = Path(__file__).with_name("client_shim.py")


@pytest.fixture(scope="module")
async def command(product: Product) -> AsyncIterator[str]:
    """What the harness starts as the client."""
    async with Person(product, "Mary") as admin, ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.connect(admin)
        async with ClientSide(admin, product.endpoint, chatgpt.tokens["access_token"]).listening() as address:
            yield f"{sys.executable} -I {SHIM} {address}"


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
async def test_the_client_suite_passes(command: str, revision: str) -> None:
    report = await run_client_suite(command, revision)
    print(f"\n{revision} server: {report.headline}; unscored failures: {', '.join(report.unscored) or 'none'}")
    assert set(report.failed) == CLIENT_SCORED[revision].keys(), "\n".join(report.complaints)
    assert set(report.unscored) <= CLIENT_UNSCORED.keys(), "\n".join(report.complaints)
