"""Who is told that a request waits, or that nobody knows what became of it."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from conducktor.settings import Settings
from tests.approvals.conftest import make_desk
from tests.approvals.desk import Desk
from tests.product import decoded, eventually, running_product
from tests.support.mail_server import MailServer, mail_server
from tests.support.rpc_server import reset


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def posted(settings: Settings, mail: MailServer) -> AsyncIterator[Desk]:
    given = msgspec.structs.replace(settings, worker="in-process", smtp_url=mail.url)
    async with running_product(given) as product, make_desk(product) as desk:
        yield desk


async def test_those_who_may_decide_get_a_letter_and_the_requester_does_not(posted: Desk, mail: MailServer) -> None:
    await posted.policy(reason="Writing needs a second pair of eyes.")

    asked = await posted.ask("a secret argument")
    await asked.again()

    letters = lambda: [letter for letter in mail.letters if "Approval needed" in str(letter["Subject"])]  # noqa: E731
    await eventually(lambda: len(letters()) == 3)
    assert sorted(str(letter["To"]) for letter in letters()) == ["p0@example.com", "p1@example.com", "p2@example.com"]
    text = letters()[0].get_content()
    assert "P3 asks with ChatGPT to run shelf_echo. Writing needs a second pair of eyes." in text
    assert asked.facts["link"] in text
    assert "a secret argument" not in text


async def test_an_unknown_outcome_is_told_to_those_who_may_decide(posted: Desk, mail: MailServer) -> None:
    posted.shelf._behaviours["tools/call"] = reset
    await posted.policy(approvers={"people": [posted.admin.id]})
    asked = await posted.ask()
    decoded(await posted.decide(asked.id))

    await eventually(lambda: any("Outcome unknown" in str(letter["Subject"]) for letter in mail.letters), within_s=10)
    unknown = [letter for letter in mail.letters if "Outcome unknown" in str(letter["Subject"])]
    assert [str(letter["To"]) for letter in unknown] == ["p1@example.com"]
