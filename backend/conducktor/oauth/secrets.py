"""Codes and tokens: random, recognisable by their prefix (also for secret scanners), stored as keyed digests only."""

import re
import secrets as random
from base64 import urlsafe_b64encode

import msgspec

from conducktor.infra.encryption import KeyRing


class SecretKind(msgspec.Struct, frozen=True):
    """`purpose` keeps digests of different kinds apart."""

    prefix: bytes
    purpose: str

    def new(self) -> str:
        return self._of(random.token_bytes(32))

    def derived(self, key_ring: KeyRing, parent: str, salt: bytes) -> str:
        """The one secret that follows from `parent` and `salt`, for whoever has the key ring. 256 bits."""
        return self._of(key_ring.digest(f"{self.purpose}.derived", salt + parent.encode()))

    def digest(self, key_ring: KeyRing, secret: str) -> bytes:
        return key_ring.digest(self.purpose, secret.encode("utf-8", "surrogatepass"))

    def looks_like(self, secret: bytes) -> bool:
        """Whether it is worth asking the database."""
        return _FORM.fullmatch(secret, len(self.prefix)) is not None and secret.startswith(self.prefix)

    def _of(self, material: bytes) -> str:
        return (self.prefix + urlsafe_b64encode(material).rstrip(b"=")).decode()


_FORM = re.compile(rb"[A-Za-z0-9_-]{43}")

CODE = SecretKind(b"cdk_ac_", "oauth.code")
ACCESS_TOKEN = SecretKind(b"cdk_at_", "oauth.access_token")
REFRESH_TOKEN = SecretKind(b"cdk_rt_", "oauth.refresh_token")
BROWSER = SecretKind(b"cdk_br_", "oauth.browser")
"""The cookie that binds a consent request to the browser in which it began."""
