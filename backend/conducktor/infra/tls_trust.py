"""Whom we believe when a server says who it is: the system's certificate authorities and the operator's own."""

import ssl
from functools import cache
from pathlib import Path

from conducktor.core.errors import Invalid


@cache
def client_context(authorities: Path | None) -> ssl.SSLContext:
    """Verifies certificate and name, always; built once, because loading the authorities takes longer than most calls.

    Raises Invalid when `authorities` is not a readable PEM file.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if authorities is not None:
        try:
            context.load_verify_locations(cafile=authorities)
        except OSError as error:
            raise Invalid(f"CONDUCKTOR_OUTBOUND_CA_FILE={authorities} is not a readable PEM file: {error}") from None
    return context
