import pytest
from structlog.testing import capture_logs

from conducktor.core.errors import Invalid
from conducktor.infra.mail import Delivery, Letter, Mailer
from conducktor.settings import Settings
from tests.support.mail_server import mail_server

LETTER = Letter(
    to="ada@example.com", subject="Grüße", text="Open https://x.example.com/?token=abc\n", link="https://x.example.com/"
)


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with mail_server() as server:
        mailer = Mailer(Settings(smtp_url=server.url, mail_from="Conducktor <conducktor@example.com>"))
        assert await mailer.send(LETTER) is Delivery.SENT
        [letter] = server.letters
    assert (letter["To"], letter["Subject"], letter["Auto-Submitted"]) == ("ada@example.com", "Grüße", "auto-generated")
    assert letter.get_content().splitlines() == LETTER.text.splitlines()


@pytest.mark.parametrize(
    ("command", "reply", "ending"),
    [
        ("RCPT", "550 No such user", Delivery.REFUSED),
        ("RCPT", "451 Come back later", Delivery.DELAYED),
        ("DATA", "554 No", Delivery.REFUSED),
        ("MAIL", "421 Busy", Delivery.DELAYED),
        ("MAIL", "550 Sender refused", Delivery.DELAYED),
        ("EHLO", "500 What", Delivery.DELAYED),
    ],
)
async def test_refusals_are_final_only_when_they_concern_the_letter(command: str, reply: str, ending: Delivery) -> None:
    async with mail_server() as server:
        server.answers[command] = reply
        if command == "EHLO":
            server.answers["HELO"] = reply
        assert await Mailer(Settings(smtp_url=server.url)).send(LETTER) is ending


async def test_a_mail_server_that_is_away_delays_the_letter() -> None:
    async with mail_server() as server:
        url = server.url
    assert await Mailer(Settings(smtp_url=url)).send(LETTER) is Delivery.DELAYED


async def test_a_mail_server_that_says_nothing_delays_the_letter_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conducktor.infra.mail.SEND_TIMEOUT_S", 0.2)
    async with mail_server() as server:
        server.greets = False
        assert await Mailer(Settings(smtp_url=server.url)).send(LETTER) is Delivery.DELAYED


async def test_a_server_without_tls_is_not_spoken_to_when_tls_was_asked_for() -> None:
    async with mail_server() as server:
        for scheme in ("smtp+starttls", "smtps"):
            url = server.url.replace("smtp", scheme, 1)
            assert await Mailer(Settings(smtp_url=url)).send(LETTER) is Delivery.DELAYED
        assert server.letters == []


async def test_without_a_mail_server_the_link_is_in_the_log() -> None:
    with capture_logs() as events:
        assert await Mailer(Settings()).send(LETTER) is Delivery.PRINTED
    assert [(e["event"], e["to"], e["link"]) for e in events] == [("mail.not_sent", "ada@example.com", "https://x.example.com/")]


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://h:port"])
def test_a_malformed_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(Invalid, match="CONDUCKTOR_SMTP_URL"):
        Mailer(Settings(smtp_url=url))
