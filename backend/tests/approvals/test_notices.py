"""Who is told that a request waits, or that nobody knows what became of it."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import msgspec
import pytest

from conducktor.settings import Settings
from tests.approvals.conftest import make_desk
from tests.approvals.desk import Desk
from tests.gateway.client import Client
from tests.product import Product, decoded, eventually, running_product
from tests.support.mail_server import MailServer, mail_server
from tests.support.ports import quiet_port
from tests.support.rpc_server import reset


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def posted(settings: Settings, mail: MailServer) -> AsyncIterator[Desk]:
    """Calls go to a process with a mail server; people signed up at another, where that takes no letters."""
    behind = msgspec.structs.replace(settings, public_url=f"http://localhost:{quiet_port()}")
    posting = msgspec.structs.replace(behind, worker="in-process", smtp_url=mail.url)
    async with (
        running_product(behind, process_index=1) as silent,
        running_product(posting) as product,
        make_desk(_here(silent)) as desk,
        Client(_here(product), desk.client.token) as client,
    ):
        yield Desk(desk.product, [desk.owner, desk.admin, desk.other_admin, desk.member, desk.contractor], desk.shelf, client)


def _here(product: Product) -> Product:
    """At its own port instead of the public address."""
    return msgspec.structs.replace(product, url=f"http://127.0.0.1:{product.parts.settings.port}")


def letters(mail: MailServer, about: str) -> list[EmailMessage]:
    return [letter for letter in mail.letters if about in str(letter["Subject"])]


async def test_those_who_may_decide_get_a_letter_and_the_requester_does_not(posted: Desk, mail: MailServer) -> None:
    await posted.policy(reason="Writing needs a second pair of eyes.")

    asked = await posted.ask("a secret argument")
    await asked.again()

    await eventually(lambda: len(letters(mail, "Approval needed")) == 3)
    told = letters(mail, "Approval needed")
    assert sorted(str(letter["To"]) for letter in told) == ["p0@example.com", "p1@example.com", "p2@example.com"]
    text = told[0].get_content()
    assert "P3 asks with ChatGPT to run shelf_echo. Writing needs a second pair of eyes." in text
    assert asked.facts["link"] in text
    assert "a secret argument" not in text


async def test_an_unknown_outcome_is_told_to_those_who_may_decide(posted: Desk, mail: MailServer) -> None:
    posted.shelf._behaviours["tools/call"] = reset
    await posted.policy(approvers={"people": [posted.admin.id]})
    asked = await posted.ask()
    decoded(await posted.decide(asked.id))

    await eventually(lambda: bool(letters(mail, "Outcome unknown")))
    assert [str(letter["To"]) for letter in letters(mail, "Outcome unknown")] == ["p1@example.com"]
