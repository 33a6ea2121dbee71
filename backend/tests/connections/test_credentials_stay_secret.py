"""What must never be read anywhere: codes, tokens and keys of services. Attack catalogue C6 and C11."""

import asyncio
import json

import pytest

from tests.connections.guarded import Guarded
from tests.connections.shelf import Shelf, tool
from tests.connections.signing_in import begun, come_back, connected, result_of
from tests.gateway.client import Client
from tests.product import Product, decoded, signed_up
from tests.support.raw_server import Received, answer
from tests.support.rpc_server import Behaviour

KEY = "a-key-that-nobody-may-read"


async def test_neither_code_nor_state_nor_token_of_a_sign_in_is_logged(
    product: Product, capfd: pytest.CaptureFixture[str]
) -> None:
    async with Guarded(tool("take")) as service, await signed_up(product, "ada@example.com") as ada:
        await connected(ada, service)
        returned = service.authorize(await begun(ada))
        (code,) = service.codes
        state = service.codes[code]["state"]
        assert result_of(await come_back(ada, returned)) == "done"
        assert (await come_back(ada, returned)).status_code in (303, 400)

    logged = "".join(capfd.readouterr())
    assert "session.started" in logged
    assert not [secret for secret in (code, state) if secret in logged]


async def test_an_echoed_credential_reaches_neither_client_nor_audit_nor_log(
    product: Product, capfd: pytest.CaptureFixture[str]
) -> None:
    answers: list[str] = []
    async with Shelf(tool("echo")) as shelf, await signed_up(product, "ada@example.com") as ada:
        wish = {"name": "shelf", "url": shelf.url, "auth": "bearer", "secret": KEY}
        decoded(await ada.post("/api/workspaces/lab/connections", wish))
        async with await Client.authorized(product, ada, "lab") as client:
            for status in ("200 OK", "307 Temporary Redirect", "401 Unauthorized", "500 Internal Server Error"):
                shelf._behaviours["tools/call"] = _echo(status)
                answers.append((await client.legacy("tools/call", {"name": "shelf_echo", "arguments": {"text": "x"}})).text)
        audit = (await ada.get("/api/workspaces/lab/audit?kind=call")).text

    assert [r.headers["authorization"] for r in shelf.received if b"tools/call" in r.body] == [f"Bearer {KEY}"] * 4
    assert KEY not in "".join(answers) + audit + "".join(capfd.readouterr())


def _echo(status: str) -> Behaviour:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        heard = received.headers["authorization"]
        said = {"jsonrpc": "2.0", "id": received.json["id"], "result": {"content": [{"type": "text", "text": heard}]}}
        headers = (f"Location: http://127.0.0.1:9/{KEY}", f'WWW-Authenticate: Bearer error="{heard.split()[1]}"')
        writer.write(answer(json.dumps(said).encode(), status, headers=headers))

    return behave
