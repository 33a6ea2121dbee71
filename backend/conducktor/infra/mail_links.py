"""Links that arrive by mail. Their tokens are derived from the row's id and the key ring, so no copy is kept anywhere.

The database holds a keyed digest to look a token up; the job that sends the mail derives the token again from the id. A dump of
the database or of the queue holds nothing that opens a link.
"""

from base64 import urlsafe_b64encode
from uuid import UUID

from conducktor.infra.encryption import KeyRing


class MailLinks:
    """`purpose` separates the links of different tables and uses: a token for one never opens another."""

    def __init__(self, key_ring: KeyRing, origin: str) -> None:
        self._key_ring = key_ring
        self._origin = origin

    def token(self, purpose: str, row_id: UUID) -> str:
        """43 characters, 256 bits."""
        return urlsafe_b64encode(self._key_ring.digest(f"mail-token:{purpose}", row_id.bytes)).rstrip(b"=").decode()

    def lookup(self, purpose: str, token: str) -> bytes:
        """What the row stores to be found by the token."""
        return self._key_ring.digest(f"mail-token-lookup:{purpose}", token.encode("utf-8", "surrogatepass"))

    def lookup_of(self, purpose: str, row_id: UUID) -> bytes:
        return self.lookup(purpose, self.token(purpose, row_id))

    def url(self, page: str, purpose: str, row_id: UUID) -> str:
        """`https://…/<page>?token=…`; `page` is a route of the web application."""
        return f"{self._origin}/{page}?token={self.token(purpose, row_id)}"
