"""Mail over SMTP. Without a mail server the link goes to the server's log instead: the one place where that is allowed."""

import asyncio
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from enum import Enum
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec
import structlog

from conducktor.core.errors import Invalid
from conducktor.settings import Settings

log = structlog.get_logger()

STEP_TIMEOUT_S = 10.0
SEND_TIMEOUT_S = 30.0  # all steps together; half of what a job may take

_SCHEMES = {"smtp": (False, False, 25), "smtp+starttls": (False, True, 587), "smtps": (True, False, 465)}
"""scheme → TLS from the start, STARTTLS required, default port."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One mail in plain text. `link` is what it is about; the text holds it too."""

    to: str
    subject: str
    text: str
    link: str | None = None


class Delivery(Enum):
    """How an attempt to send ended."""

    SENT = "sent"
    PRINTED = "printed"
    """No mail server: the link is in the log. Final."""
    REFUSED = "refused"
    """The mail server will never take this letter. Final."""
    DELAYED = "delayed"
    """Not now; trying again later is right."""


class Mailer:
    """Sends one letter at a time, each over its own connection with bounded time."""

    def __init__(self, settings: Settings) -> None:
        """Raises Invalid when the mail server's URL or the sender is malformed: such an installation must not start."""
        self._from = settings.mail_from
        self._server = _server(settings.smtp_url) if settings.smtp_url else None
        if "@" not in parseaddr(settings.mail_from)[1]:
            raise Invalid("CONDUCKTOR_MAIL_FROM must be an address such as Conducktor <conducktor@example.com>.")

    @property
    def sends(self) -> bool:
        """Whether there is a mail server."""
        return self._server is not None

    async def is_reachable(self) -> bool:
        """Whether the mail server greets. No letter is sent, and nobody signs in. The caller bounds the time."""
        if self._server is None:
            return False
        try:
            await self._server.greet()
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail.server_away", error=type(error).__name__)
            return False
        return True

    async def send(self, letter: Letter) -> Delivery:
        """At most half a minute. Never call it inside a transaction."""
        if self._server is None:
            log.warning("mail.not_sent", to=letter.to, subject=letter.subject, link=letter.link)
            return Delivery.PRINTED
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, letter.to, letter.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=parseaddr(self._from)[1].rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
        message.set_content(letter.text)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._server.send(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refusal(max((refused.code for refused in error.recipients), default=0))
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused) as error:
            return _refusal(error.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            # A refused password or greeting is the operator's to mend; then the letter should still go out.
            log.warning("mail.server_away", error=type(error).__name__)
            return Delivery.DELAYED
        return Delivery.SENT


class _Server(msgspec.Struct, frozen=True):
    host: str
    port: int
    username: str | None
    password: str | None
    use_tls: bool
    start_tls: bool

    async def greet(self) -> None:
        client = aiosmtplib.SMTP(
            hostname=self.host, port=self.port, use_tls=self.use_tls, start_tls=self.start_tls, timeout=STEP_TIMEOUT_S
        )
        async with client:
            await client.noop()

    async def send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(
            message,
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.use_tls,
            start_tls=self.start_tls,
            timeout=STEP_TIMEOUT_S,
        )


def _server(url: str) -> _Server:
    parts = urlsplit(url)
    try:
        use_tls, start_tls, default_port = _SCHEMES[parts.scheme]
        port = parts.port or default_port
    except (KeyError, ValueError):
        raise Invalid("CONDUCKTOR_SMTP_URL must start with smtp://, smtp+starttls:// or smtps:// and name a host.") from None
    if not parts.hostname:
        raise Invalid("CONDUCKTOR_SMTP_URL names no host.")
    username, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return _Server(parts.hostname, port, username, password, use_tls, start_tls)


def _refusal(code: int) -> Delivery:
    """RFC 5321 §4.2.1: 5yz is permanent."""
    log.warning("mail.refused", smtp_code=code)
    return Delivery.REFUSED if 500 <= code < 600 else Delivery.DELAYED
