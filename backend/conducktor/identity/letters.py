"""What we write to people about their accounts."""

from typing import assert_never

from conducktor.identity.account import AccountLetter
from conducktor.identity.purpose import LASTS, Purpose
from conducktor.infra.mail import Letter


def page_of(purpose: Purpose) -> str:
    """The web application's page that a letter of this purpose links to."""
    match purpose:
        case Purpose.SIGN_UP | Purpose.VERIFY:
            return "verify-email"
        case Purpose.RESET | Purpose.ALREADY_REGISTERED | Purpose.PASSWORD_CHANGED:
            return "reset-password"
    assert_never(purpose)


def write(letter: AccountLetter, link: str) -> Letter:
    """The letter in plain text. `link` opens the page of its purpose."""
    hours = int(LASTS[letter.purpose].total_seconds()) // 3600
    lasts = f"{hours // 24} days" if hours > 24 else "24 hours" if hours == 24 else "one hour"
    match letter.purpose:
        case Purpose.SIGN_UP | Purpose.VERIFY:
            subject = "Confirm your e-mail address for Conducktor"
            body = f"Open this link to confirm that {letter.email} is yours:\n{link}\n\nIt works once, for {lasts}."
        case Purpose.RESET:
            subject = "Reset your Conducktor password"
            body = f"Open this link to choose a new password:\n{link}\n\nIt works once, for {lasts}."
        case Purpose.ALREADY_REGISTERED:
            subject = "You have a Conducktor account already"
            body = f"Somebody tried to sign up with {letter.email}, which has an account. Sign in with your password, "
            body += f"or choose a new one here:\n{link}\n\nThe link works once, for {lasts}."
        case Purpose.PASSWORD_CHANGED:
            subject = "Your Conducktor password was changed"
            body = "The password of your account was changed, and every other session was signed out.\n\n"
            body += f"If it was not you, choose a new one at once:\n{link}\n\nThe link works once, for {lasts}."
        case _:
            assert_never(letter.purpose)
    ending = "\n\nIf you did not ask for this, ignore it: nothing happens without you.\n"
    return Letter(to=letter.email, subject=subject, text=body + (ending if letter.purpose in _ASKED_FOR else "\n"), link=link)


_ASKED_FOR = frozenset({Purpose.SIGN_UP, Purpose.VERIFY, Purpose.RESET, Purpose.ALREADY_REGISTERED})
