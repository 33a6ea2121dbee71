"""Pins of a connection's server, as people enter them."""

import re
from urllib.parse import urlsplit

from conducktor.core.errors import Invalid

LEAST, MOST = 2, 10
_PIN = re.compile(r"[A-Za-z0-9+/]{43}=")


def check_pins(pins: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, without the word sha256 before it. Raises Invalid, with the reason under the field `pins`."""
    given = tuple(dict.fromkeys(pin.strip().removeprefix("sha256/") for pin in pins if pin.strip()))
    if not all(_PIN.fullmatch(pin) for pin in given):
        reason = "A pin is the SHA-256 of a public key in base64: 44 characters, the last one =."
    elif given and not LEAST <= len(given) <= MOST:
        reason = f"Enter {LEAST} to {MOST} pins: one is for the key that the service takes when it loses the present one."
    else:
        return given
    raise Invalid("The pins cannot be used.", errors={"pins": reason})


def check_pinnable(url: str, pins: tuple[str, ...]) -> None:
    """Raises Invalid: a server that is not asked for its key would pass unnoticed."""
    if pins and urlsplit(url).scheme != "https":
        reason = "This address is not encrypted, so its server shows no key."
        raise Invalid("Only https has keys to pin.", errors={"pins": reason})
