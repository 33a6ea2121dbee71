"""What the official suite requires of authorization servers holds for ours; a person without pages answers its consent page."""

import httpx

from e2e.conformance.suite import run_authorization_suite
from e2e.support.chatgpt import ChatGpt
from e2e.support.people import Person
from e2e.support.product import Product
from tests.support.ports import quiet_port
from tests.support.promptly import PATIENCE_S


async def test_the_authorization_suite_passes(product: Product, ada: Person) -> None:
    port = quiet_port()
    async with ChatGpt(product.endpoint, redirect_uri=f"http://127.0.0.1:{port}/callback") as suite:
        await suite.discover_authorization()
        await suite.register()

    async def visit(authorization_url: str) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            await http.get(await ada.consent(authorization_url))

    report = await run_authorization_suite(product.origin, suite.client_id, product.endpoint, port, visit)

    print(f"\nauthorization server: {report.headline}")
    assert len(report.passed) == 2, report
    assert not report.failed, "\n".join(report.complaints)
