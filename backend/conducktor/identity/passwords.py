"""Passwords: which are accepted, and how they are kept (argon2id, RFC 9106)."""

import asyncio
import unicodedata
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from conducktor.core.errors import Invalid

PASSWORD_MIN = 12
PASSWORD_MAX = 256  # hashing a longer one proves nothing more and costs memory

COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
"""Lower case, without spaces. Short ones count too: they are refused as the stem of `Welcome2026!!!!`."""

_TAIL = "0123456789!?.@#$%&*-_+="

_AT_ONCE = 2  # each takes 64 MiB and tens of milliseconds; more at once would only crowd out requests


class Passwords:
    """Hashes and verifies in threads of its own."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()  # RFC 9106 §4, second recommended option: 64 MiB, 3 passes
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")
        self._nobodys = _nobodys(self._hasher)

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, _normal(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the one of `stored`. None (no such account) takes as long and is False."""
        right = await asyncio.get_running_loop().run_in_executor(self._threads, self._matches, password, stored or self._nobodys)
        return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, *, field: str, email: str) -> None:
    """Raises Invalid on `field`: too short, too long, very common, or made of the e-mail address. NIST SP 800-63B §3.1.1.2."""
    normal = _normal(password)
    plain = "".join(normal.lower().split())
    if len(normal) < PASSWORD_MIN:
        raise _refused(field, f"Use at least {PASSWORD_MIN} characters. A few words in a row make a good password.")
    if len(normal) > PASSWORD_MAX:
        raise _refused(field, f"Use at most {PASSWORD_MAX} characters.")
    if plain in COMMON or plain.rstrip(_TAIL) in COMMON or len(set(plain)) < 5:
        raise _refused(field, "This password is one of the first that anybody would try. Choose another one.")
    if plain in {email.lower(), email.lower().partition("@")[0]}:
        raise _refused(field, "Your e-mail address is not a password. Choose another one.")


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has and that takes as long as any to verify."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, tag = (b64encode(bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19${cost}${salt}${tag}"


def _normal(password: str) -> str:
    """The same typed letters give the same bytes on every keyboard and system."""
    return unicodedata.normalize("NFKC", password)


def _refused(field: str, message: str) -> Invalid:
    return Invalid(message, errors={field: message})
