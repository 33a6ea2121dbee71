"""Secrets at rest: AES-256-GCM with key ids, bound to their row; keyed digests for tokens.

The key ring lives outside the database (a 0600 file, or the environment). Whoever loses it loses every stored secret.
"""

import hashlib
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conducktor.core.errors import Invalid

NONCE_BYTES = 12
KEY_BYTES = 32


class StoredKey(msgspec.Struct, frozen=True):
    id: str
    key: str


class StoredRing(msgspec.Struct, frozen=True):
    """The file's shape. The first encryption key seals, all open; `hashing` must never change."""

    encryption: tuple[StoredKey, ...]
    hashing: str


class KeyRing:
    """Seals, opens and digests. Never prints its keys."""

    def __init__(self, encryption: Mapping[str, bytes], sealing_id: str, hashing: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in encryption.items()}
        self._sealing_id = sealing_id
        self._keyed = hmac.new(hashing, digestmod="sha256")

    def seal(self, plaintext: bytes, *, bound_to: bytes) -> bytes:
        """`<key id>.<nonce><ciphertext>`; opens only with the same `bound_to` (the row's identity)."""
        nonce = os.urandom(NONCE_BYTES)
        return self._sealing_id.encode() + b"." + nonce + self._ciphers[self._sealing_id].encrypt(nonce, plaintext, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Raises Invalid when the key is unknown, the text was changed, or it belongs to another row."""
        key_id, _, rest = sealed.partition(b".")
        cipher = self._ciphers.get(key_id.decode("ascii", "replace"))
        if cipher is None:
            raise Invalid("A stored secret was sealed with a key that is not in the key ring.")
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise Invalid("A stored secret cannot be opened: it was changed, or belongs to another row.") from None

    def digest(self, purpose: str, value: bytes) -> bytes:
        """Keyed SHA-256 (32 bytes) for looking up what must not be stored: tokens, codes, session ids."""
        mac = self._keyed.copy()  # the key's own blocks are hashed once, not for each call
        mac.update(purpose.encode() + b"\0" + value)
        return mac.digest()


def load_key_ring(environment: str, data_dir: Path) -> KeyRing:
    """The ring from `CONDUCKTOR_KEYS`, else from `<data dir>/keys.json`, which is made on the first run (mode 0600).

    Raises Invalid when keys are malformed, short or obviously weak: such an installation must not start.
    """
    if environment:
        return _parse(environment.encode(), "CONDUCKTOR_KEYS")
    path = data_dir / "keys.json"
    try:
        return _parse(path.read_bytes(), str(path))
    except FileNotFoundError:
        _create(path)
        return _parse(path.read_bytes(), str(path))


def _create(path: Path) -> None:
    ring = StoredRing(encryption=(StoredKey(id="k1", key=_new_key()),), hashing=_new_key())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(ring))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # two first starts at once: exactly one ring wins, and both read it
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_key() -> str:
    return b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _parse(raw: bytes, source: str) -> KeyRing:
    try:
        ring = msgspec.json.decode(raw, type=StoredRing)
        encryption = {k.id: b64decode(k.key, validate=True) for k in ring.encryption}
        hashing = b64decode(ring.hashing, validate=True)
    except (msgspec.MsgspecError, ValueError):
        raise Invalid(f"{source} is not a key ring (JSON with `encryption` and `hashing`).") from None
    for key in (*encryption.values(), hashing):
        if len(key) != KEY_BYTES or len(set(key)) < 8:
            raise Invalid(f"{source} holds a weak key: each must be {KEY_BYTES} random bytes in base64.")
    if not encryption or any("." in key_id or not key_id.isascii() for key_id in encryption):
        raise Invalid(f"{source} needs at least one encryption key, with ids of ASCII letters and digits.")
    return KeyRing(encryption, ring.encryption[0].id, hashing)


def sha256(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
