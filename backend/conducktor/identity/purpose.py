"""Why we write to somebody, and how long the link in the letter works."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Purpose(StrEnum):
    SIGN_UP = "sign_up"
    """Becomes an account when the link is opened."""
    VERIFY = "verify"
    RESET = "reset"
    ALREADY_REGISTERED = "already_registered"
    """Somebody tried to sign up with an address that has an account; the link resets the password."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a purpose, not a password
    """Tells the owner of an account, in case it was not him; the link resets the password."""


LASTS: Mapping[Purpose, timedelta] = {
    Purpose.SIGN_UP: timedelta(days=1),
    Purpose.VERIFY: timedelta(days=3),
    Purpose.RESET: timedelta(hours=1),
    Purpose.ALREADY_REGISTERED: timedelta(hours=1),
    Purpose.PASSWORD_CHANGED: timedelta(days=1),
}
"""How long the link works."""

CONFIRMS_ADDRESS = (Purpose.SIGN_UP, Purpose.VERIFY)
RESETS_PASSWORD = (Purpose.RESET, Purpose.ALREADY_REGISTERED, Purpose.PASSWORD_CHANGED)
