"""Connections to servers that must show one of a few known keys: besides the usual verification, never instead of it."""

import base64
import hashlib
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Pins = tuple[str, ...]
"""Base64 of the SHA-256 of a server's public key (SubjectPublicKeyInfo, RFC 7469 §2.4)."""


class PinnedContext(ssl.SSLContext):
    """Verifies certificate and name as every other; its connections must also show one of `pins`."""

    pins: frozenset[str] = frozenset()


NO_KEY: Pins = ("",)
"""Pins that no key has: to see which one is shown."""


class KeyNotPinned(aiohttp.ClientConnectorError):
    """The server's certificate is good, its key is not one of those that were pinned."""

    shown = ""


class PinningConnector(aiohttp.TCPConnector):
    """Looks at the key right after the handshake, before anything is sent. The pool keeps each context's connections apart."""

    async def _wrap_create_connection(self, *args: Any, req: Any, **given: Any) -> tuple[Any, ResponseHandler]:
        transport, protocol = await super()._wrap_create_connection(*args, req=req, **given)
        shown = transport.get_extra_info("ssl_object")
        if not isinstance(shown and shown.context, PinnedContext):
            return transport, protocol
        if (pin := pin_of(shown.getpeercert(binary_form=True))) in shown.context.pins:
            return transport, protocol
        transport.abort()
        refusal = KeyNotPinned(req.connection_key, ConnectionRefusedError("its key is not pinned"))
        refusal.shown = pin
        raise refusal


@lru_cache(maxsize=256)
def pinned_context(authorities: Path | None, pins: Pins) -> PinnedContext:
    """One per set of pins: building it takes longer than most calls."""
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and name
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
    context.pins = frozenset(pins)
    return context


def pin_of(certificate: bytes) -> str:
    """`certificate` is DER."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return base64.b64encode(hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()
