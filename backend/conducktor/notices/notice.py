"""One message about one event, as the other slices hand it over."""

from enum import StrEnum

import msgspec


class Topic(StrEnum):
    """What a channel can be told of."""

    APPROVALS = "approvals"
    BUDGETS = "budgets"
    CONNECTIONS = "connections"


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True):
    """`title` is one line, `text` plain sentences for people, `link` a page of ours, `facts` for machines.

    It leaves the house: no secrets in it, no arguments of calls.
    """

    title: str
    text: str
    link: str | None = None
    facts: dict[str, str | int | None] = {}


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """`once_key` keeps the same event from being told twice in a workspace.

    `recipients` are the addresses of the people concerned: they get an e-mail, whatever channels there are.
    """

    topic: Topic
    once_key: str
    body: NoticeBody
    recipients: tuple[str, ...] = ()
