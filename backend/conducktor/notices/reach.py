"""Would anybody outside the web application be told?"""

import msgspec

from conducktor.core.actor import Permission
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Transaction
from conducktor.infra.mail import Mailer
from conducktor.notices import queries
from conducktor.notices.notice import Topic
from conducktor.workspaces.roles import PERMISSIONS


class TopicReach(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` says why nobody would be told; null when somebody is."""

    topic: Topic
    is_told: bool
    by_mail: bool
    channels: list[str]
    reason: str | None


class NoticeReach(msgspec.Struct, frozen=True, kw_only=True):
    topics: list[TopicReach]


CONCERNED = {
    Topic.APPROVALS: Permission.APPROVALS_DECIDE,
    Topic.BUDGETS: Permission.BUDGETS_WRITE,
    Topic.CONNECTIONS: Permission.CONNECTIONS_WRITE,
}
"""Who gets an e-mail about a topic: the members with this permission."""


async def reach_of(tx: Transaction, workspace_id: WorkspaceId, mailer: Mailer) -> NoticeReach:
    stored = [channel for channel in await queries.channels(tx, workspace_id) if channel.is_enabled]
    topics = []
    for topic, permission in CONCERNED.items():
        roles = [role.value for role, permissions in PERMISSIONS.items() if permission in permissions]
        by_mail = mailer.sends and bool(await queries.addresses(tx, workspace_id, roles))
        mine = [channel for channel in stored if topic in channel.topics]
        well = [channel.name for channel in mine if channel.last_problem is None]
        told = by_mail or bool(well)
        reason = None if told else _reason([channel.name for channel in mine])
        topics.append(TopicReach(topic=topic, is_told=told, by_mail=by_mail, channels=well, reason=reason))
    return NoticeReach(topics=topics)


def _reason(broken: list[str]) -> str:
    if broken:
        return f"This installation has no mail server, and {_listed(broken)} did not take the last message."
    return "This installation has no mail server, and no channel is set up for this."


def _listed(names: list[str]) -> str:
    """`Service desk and Team chat`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
