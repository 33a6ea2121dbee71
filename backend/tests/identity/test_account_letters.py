"""What happens to accounts when there is a mail server: real letters, sent by the worker."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage

import msgspec
import pytest

from conducktor.identity import queries
from conducktor.identity.account_post import CLAIM_LASTS, AccountPost
from conducktor.settings import Settings
from tests.product import PASSWORD, Browser, Product, decoded, eventually, running_product
from tests.support.mail_server import MailServer, mail_server


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def mailing(settings: Settings, mail: MailServer) -> AsyncIterator[Product]:
    with_mail = msgspec.structs.replace(settings, smtp_url=mail.url, worker="in-process")
    async with running_product(with_mail) as product, Browser(product.url) as founder:
        await founder.sign_up("founder@example.com", name="Founder")
        await eventually(lambda: len(mail.letters) == 1)
        mail.letters.clear()
        yield product


async def test_an_open_sign_up_becomes_an_account_when_its_link_is_opened(mailing: Product, mail: MailServer) -> None:
    async with Browser(mailing.url) as ada:
        form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "workspace_name": "Ada's Lab"}
        assert decoded(await ada.post("/api/sign-up", form)) == {"next": "check_mail"}
        assert (await ada.session())["user"] is None
        assert (await ada.sign_in("ada@example.com")).status_code == 401

        token = _token(await _letter(mail), "verify-email")
        assert decoded(await ada.post("/api/verify-email", {"token": token})) == {"email": "ada@example.com"}

        assert (await ada.session())["user"] is None  # a link alone signs nobody in
        assert (await ada.sign_in("ada@example.com")).status_code == 204
        session = await ada.session()
        assert session["user"]["email_verified"] is True
        assert [(w["slug"], w["role"]) for w in session["workspaces"]] == [("ada-s-lab", "owner")]
        assert (await ada.post("/api/verify-email", {"token": token})).status_code == 404


async def test_signing_up_with_an_address_that_is_taken_gets_the_same_answer_and_a_letter(
    mailing: Product, mail: MailServer
) -> None:
    async with Browser(mailing.url) as eve:
        form = {"name": "Eve", "email": "founder@example.com", "password": "the password of eve"}
        taken = await eve.post("/api/sign-up", form)
        free = await eve.post("/api/sign-up", form | {"email": "eve@example.com"})

        assert (taken.status_code, taken.content) == (free.status_code, free.content)
        assert taken.headers.get_list("set-cookie") == free.headers.get_list("set-cookie") == []
        await eventually(lambda: len(mail.letters) == 2)
        [letter] = [found for found in mail.letters if found["To"] == "founder@example.com"]
        assert letter["Subject"] == "You have a Conducktor account already"
        assert (await eve.sign_in("founder@example.com", "the password of eve")).status_code == 401


async def test_of_two_sign_ups_with_one_address_the_opened_link_decides(mailing: Product, mail: MailServer) -> None:
    async with Browser(mailing.url) as ada:
        form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
        decoded(await ada.post("/api/sign-up", form | {"password": "the password of eve"}))
        eves = _token(await _letter(mail), "verify-email")
        decoded(await ada.post("/api/sign-up", form))
        adas = _token(await _letter(mail), "verify-email")

        decoded(await ada.post("/api/verify-email", {"token": adas}))

        assert (await ada.post("/api/verify-email", {"token": eves})).status_code == 404
        assert (await ada.sign_in("ada@example.com", "the password of eve")).status_code == 401
        assert (await ada.sign_in("ada@example.com")).status_code == 204


async def test_a_reset_letter_is_followed_by_a_notice_that_the_password_was_changed(mailing: Product, mail: MailServer) -> None:
    async with Browser(mailing.url) as founder:
        decoded(await founder.post("/api/password/forgot", {"email": "founder@example.com"}))
        token = _token(await _letter(mail), "reset-password")
        decoded(await founder.post("/api/password/reset", {"token": token, "password": "another tall ship"}))
        assert (await _letter(mail))["Subject"] == "Your Conducktor password was changed"


async def test_no_letter_goes_to_an_address_without_an_account(mailing: Product, mail: MailServer) -> None:
    async with Browser(mailing.url) as founder:
        decoded(await founder.post("/api/password/forgot", {"email": "nobody@example.com"}))
        decoded(await founder.post("/api/password/forgot", {"email": "founder@example.com"}))
        assert (await _letter(mail))["To"] == "founder@example.com"
        assert mail.letters == []


async def test_an_invitation_by_mail_proves_the_address(mailing: Product, mail: MailServer) -> None:
    async with Browser(mailing.url) as founder, Browser(mailing.url) as bob:
        await founder.sign_in("founder@example.com")
        sent = decoded(await founder.post("/api/workspaces/lab/invitations", {"email": "bob@example.com", "role": "contractor"}))
        assert sent["link"] is None
        letter = await _letter(mail)
        assert letter["Subject"] == "Founder invites you to Lab on Conducktor"

        session = await bob.sign_up("bob@example.com", name="Bob", invitation=_token(letter, "invitation"))

        assert session["user"]["email_verified"] is True
        assert [(w["slug"], w["role"]) for w in session["workspaces"]] == [("lab", "contractor")]


async def test_a_letter_that_the_mail_server_delays_is_tried_again_later(mailing: Product, mail: MailServer) -> None:
    mail.answers["MAIL"] = "421 Busy"
    async with Browser(mailing.url) as founder:
        decoded(await founder.post("/api/password/forgot", {"email": "founder@example.com"}))
    await eventually(lambda: mail.refused == ["421 Busy"])
    mail.answers.clear()

    parts = mailing.parts
    later = AccountPost(
        parts.database, parts.mailer, parts.mail_links, parts.doorbell, lambda: parts.clock() + CLAIM_LASTS + timedelta(seconds=1)
    )
    async with parts.database.transaction() as tx:
        [waiting] = await queries.waiting_letters(tx, parts.clock() + CLAIM_LASTS + timedelta(seconds=1))
    await later.send(waiting)

    assert (await _letter(mail))["Subject"] == "Reset your Conducktor password"
    await later.send(waiting)
    assert mail.letters == []


async def _letter(mail: MailServer) -> EmailMessage:
    await eventually(lambda: bool(mail.letters))
    return mail.letters.pop(0)


def _token(letter: EmailMessage, page: str) -> str:
    found = re.search(rf"/{page}\?token=([\w-]{{43}})", letter.get_content())
    assert found, letter.get_content()
    return found[1]
