"""What a channel is: settings as fields, `target` for people, `send` for the worker. A kind is one file in `channels/`."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.core.errors import ConducktorError, Kind
from conducktor.infra.http_client import HttpClient
from conducktor.infra.mail import Mailer
from conducktor.notices.notice import NoticeBody, Topic

DEADLINE_S = 5.0  # a channel that hangs keeps one of the worker's places for no longer


class NotDelivered(ConducktorError):
    """The notice could not be delivered."""

    kind = Kind.UPSTREAM

    def __init__(self, detail: str, *, is_final: bool = False) -> None:
        """`is_final`: trying again is of no use."""
        super().__init__(detail)
        self.is_final = is_final


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One notice on its way. `id` stays the same over all attempts, so that receivers can drop repetitions."""

    id: UUID
    workspace_name: str
    topic: Topic
    body: NoticeBody
    told_at: datetime


class Outside(msgspec.Struct, frozen=True):
    """The ways out of the house, and the time of this attempt."""

    http: HttpClient
    mailer: Mailer
    now: datetime


class Channel(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One kind's settings. Subclasses add fields, `target` and `send`."""

    @property
    def target(self) -> str:
        """Where it leads, without anything secret."""
        raise NotImplementedError

    async def send(self, parcel: Parcel, outside: Outside) -> None:
        """Raises NotDelivered."""
        raise NotImplementedError
