"""Links from a chat to the page where one person signs in to one service.

A link carries no right: it only says for whom and what it was made. Whoever opens it must be signed in to Conducktor as that
person, so that nobody can lead somebody else into giving an account away.
"""

import base64
import binascii
from datetime import datetime, timedelta

import msgspec

from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Forbidden, Invalid
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.encryption import KeyRing

LASTS = timedelta(minutes=30)
PURPOSE = b"own-account-link"


class LinkOfSomebodyElse(Forbidden):
    """This link was made for somebody else."""


class LinkExpired(Conflict):
    """This link is no longer good."""


class _Sealed(msgspec.Struct, frozen=True, array_like=True):
    workspace_id: WorkspaceId
    connection_id: ConnectionId
    user_id: UserId
    expires_at: datetime


class SignInLinks:
    """Makes and reads them; nothing is stored."""

    def __init__(self, key_ring: KeyRing, clock: Clock, origin: str) -> None:
        self._key_ring = key_ring
        self._clock = clock
        self._origin = origin

    def make(self, actor: Actor, slug: str, connection_id: ConnectionId, name: str) -> str:
        content = _Sealed(actor.workspace_id, connection_id, actor.user_id, self._clock() + LASTS)
        sealed = self._key_ring.seal(msgspec.msgpack.encode(content), bound_to=PURPOSE)
        token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        return f"{self._origin}{account_page(slug, name)}?link={token}"

    def check(self, link: str, actor: Actor, connection_id: ConnectionId) -> None:
        """Raises LinkOfSomebodyElse, LinkExpired."""
        try:
            sealed = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
            opened = msgspec.msgpack.decode(self._key_ring.open(sealed, bound_to=PURPOSE), type=_Sealed)
        except (Invalid, ValueError, binascii.Error, msgspec.MsgspecError):
            raise LinkExpired(
                "It is not whole, or was made before this installation changed its keys.", next_step=_AGAIN
            ) from None
        if (opened.workspace_id, opened.connection_id, opened.user_id) != (actor.workspace_id, connection_id, actor.user_id):
            raise LinkOfSomebodyElse(
                f"It was not made for you: you are signed in to Conducktor as {actor.user_name}.",
                next_step="Never sign in through a link that somebody else sent you. If it came from your own chat, "
                "sign out of Conducktor here and sign in as the person whose chat it is.",
            )
        if opened.expires_at <= self._clock():
            raise LinkExpired("It was good for 30 minutes.", next_step=_AGAIN)


def account_page(slug: str, name: str) -> str:
    return f"/w/{slug}/connections/{name}/account"


_AGAIN = "Ask in the chat again: the answer has a new link."
