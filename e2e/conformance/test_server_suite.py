"""What the official suite requires of servers holds through Conducktor, whatever era its clients and upstreams speak.

Everything is on: authorization, policies, audit. `expected_failures.py` names what fails, each with its reason; a scenario
that fails without being named there fails the test, and so does one that is named and passes.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import pytest

from e2e.conformance.bearer_proxy import bearer_proxy
from e2e.conformance.expected_failures import SCORED, UNSCORED
from e2e.conformance.suite import run_server_suite
from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.upstreams import servers

ERAS = ("legacy", "modern", "dual")
REVISIONS = ("2025-11-25", "2026-07-28")


class Gateway(NamedTuple):
    """Conducktor with a connection to an upstream of each era; `origin` adds the token."""

    origin: str
    path: str


@pytest.fixture(scope="module")
async def gateway(product: Product) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(Person(product, "Grace"))
        for era in ERAS:
            url = await stack.enter_async_context(servers.conformance(era))
            await person.connect(name=f"suite-{era}", url=url)
        chatgpt = await stack.enter_async_context(ChatGpt(product.endpoint))
        await chatgpt.connect(person)
        origin = await stack.enter_async_context(bearer_proxy(product.origin, chatgpt.tokens["access_token"]))
        yield Gateway(origin, product.endpoint.removeprefix(product.origin))


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_server_suite_passes_with_an_upstream_of_each_era(gateway: Gateway, revision: str, era: str) -> None:
    report = await run_server_suite(f"{gateway.origin}{gateway.path}/suite-{era}", revision)
    print(f"\n{revision} client, {era} upstream: {report.headline}; unscored failures: {', '.join(report.unscored) or 'none'}")
    assert set(report.failed) == SCORED.get((revision, era), {}).keys(), "\n".join(report.complaints)
    assert set(report.unscored) <= UNSCORED.keys(), "\n".join(report.complaints)
