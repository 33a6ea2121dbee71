"""E-mail addresses as people type them."""

import re

from conducktor.core.errors import Invalid

EMAIL_MAX = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets

# ASCII only: an address that merely looks like another must not exist, and lower() means the same here and in PostgreSQL.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def clean_email(raw: str) -> str:
    """The address without surrounding space; its case stays. Raises Invalid on `email`."""
    email = raw.strip()
    if len(email) > EMAIL_MAX or not _EMAIL.fullmatch(email) or ".." in email:
        message = "Enter an e-mail address such as ada@example.com."
        raise Invalid(message, errors={"email": message})
    return email
