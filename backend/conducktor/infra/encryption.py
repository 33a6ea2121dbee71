"""Secrets at rest: AES-256-GCM with key ids, bound to their row; keyed digests for tokens.

The key ring lives outside the database (a 0600 file, or the environment). Whoever loses it loses every stored secret. A file
may get a new key while processes run (`conducktor keys rotate`): each looks again within a second, and before it gives up.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conducktor.core.errors import Invalid

log = structlog.get_logger()

NONCE_BYTES = 12
KEY_BYTES = 32
LOOK_AGAIN_S = 1.0
"""How long a process goes on sealing with the former key when there is a new one."""


class StoredKey(msgspec.Struct, frozen=True):
    id: str
    key: str


class StoredRing(msgspec.Struct, frozen=True):
    """The file's shape. The first encryption key seals, all open; `hashing` must never change."""

    encryption: tuple[StoredKey, ...]
    hashing: str


class Keys(msgspec.Struct, frozen=True):
    encryption: Mapping[str, bytes]
    sealing_id: str
    hashing: bytes


class KeyRing:
    """Seals, opens and digests. Never prints its keys."""

    def __init__(
        self, keys: Keys, news: Callable[[], Keys | None] = lambda: None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`news` returns the keys when they are other ones than before."""
        self._news = news
        self._monotonic = monotonic
        self._looked_at = monotonic()
        self._keyed = hmac.new(keys.hashing, digestmod="sha256")
        self._use(keys)

    @property
    def sealing_id(self) -> str:
        """Of the key that seals."""
        return self._sealing_id

    def seal(self, plaintext: bytes, *, bound_to: bytes) -> bytes:
        """`<key id>.<nonce><ciphertext>`; opens only with the same `bound_to` (the row's identity)."""
        if self._monotonic() - self._looked_at >= LOOK_AGAIN_S:
            self._look()
        nonce = os.urandom(NONCE_BYTES)
        return self._sealing_id.encode() + b"." + nonce + self._ciphers[self._sealing_id].encrypt(nonce, plaintext, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Raises Invalid when the key is unknown, the text was changed, or it belongs to another row."""
        key_id, _, rest = sealed.partition(b".")
        name = key_id.decode("ascii", "replace")
        cipher = self._ciphers.get(name)
        if cipher is None:
            self._look()
            cipher = self._ciphers.get(name)
        if cipher is None:
            raise Invalid("A stored secret was sealed with a key that is not in the key ring.")
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise Invalid("A stored secret cannot be opened: it was changed, or belongs to another row.") from None

    def _look(self) -> None:
        self._looked_at = self._monotonic()
        if (keys := self._news()) is not None:
            self._use(keys)

    def _use(self, keys: Keys) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.encryption.items()}
        self._sealing_id = keys.sealing_id

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
        return KeyRing(_parse(environment.encode(), "CONDUCKTOR_KEYS"))
    file = _KeyFile(key_file(data_dir))
    try:
        return KeyRing(file.read(), file.news)
    except FileNotFoundError:
        _create(file.path)
        return KeyRing(file.read(), file.news)


def key_file(data_dir: Path) -> Path:
    return data_dir / "keys.json"


def add_key(path: Path) -> str:
    """Put a new key in front: it seals from now on, the others go on opening. Returns its id. Raises Invalid."""
    with path.with_name(".keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        raw = path.read_bytes()
        _parse(raw, str(path))
        ring = msgspec.json.decode(raw, type=StoredRing)
        taken = {key.id for key in ring.encryption}
        key_id = next(f"k{n}" for n in count(len(taken) + 1) if f"k{n}" not in taken)
        grown = msgspec.structs.replace(ring, encryption=(StoredKey(id=key_id, key=_new_key()), *ring.encryption))
        draft = _written(path, grown)
        os.replace(draft, path)
    return key_id


class _KeyFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None

    def read(self) -> Keys:
        status = self.path.stat()
        keys = _parse(self.path.read_bytes(), str(self.path))
        self._seen = status.st_ino, status.st_mtime_ns
        return keys

    def news(self) -> Keys | None:
        """None also when it cannot be read: what is known stays in use."""
        try:
            status = self.path.stat()
            return None if (status.st_ino, status.st_mtime_ns) == self._seen else self.read()
        except (OSError, Invalid) as error:
            log.warning("keys.unreadable", error=type(error).__name__)
            return None


def _create(path: Path) -> None:
    ring = StoredRing(encryption=(StoredKey(id="k1", key=_new_key()),), hashing=_new_key())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _written(path, ring)
    try:
        os.link(draft, path)  # two first starts at once: exactly one ring wins, and both read it
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _written(path: Path, ring: StoredRing) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(ring))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _new_key() -> str:
    return b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _parse(raw: bytes, source: str) -> Keys:
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
    return Keys(encryption, ring.encryption[0].id, hashing)


def sha256(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
