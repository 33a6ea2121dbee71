"""Writing notices, in the transaction of what they tell. The worker delivers them."""

from functools import partial

from conducktor.core.actor import Permission
from conducktor.core.clock import Clock
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.infra.database import Transaction
from conducktor.infra.mail import Mailer
from conducktor.infra.queue import Doorbell
from conducktor.notices import queries
from conducktor.notices.notice import Notice
from conducktor.workspaces.roles import PERMISSIONS

RECIPIENTS_MAX = 100


class Notices:
    """One per process."""

    def __init__(self, mailer: Mailer, doorbell: Doorbell, clock: Clock) -> None:
        self._mailer = mailer
        self._doorbell = doorbell
        self._clock = clock

    async def tell(self, tx: Transaction, workspace_id: WorkspaceId, notice: Notice) -> bool:
        """Write a notice; it goes out, at least once, after the commit. False when this event was told before."""
        now = self._clock()
        notice_id = await queries.add_notice(tx, workspace_id, notice, now)
        if notice_id is None:
            return False
        addresses = tuple(dict.fromkeys(notice.recipients))[:RECIPIENTS_MAX] if self._mailer.sends else ()
        if await queries.add_deliveries(tx, workspace_id, notice_id, notice.topic, addresses, now):
            tx.after_commit(partial(self._doorbell.ring, "ring_due_notices", key="due-notices"))
        return True

    async def addresses_with(
        self, tx: Transaction, workspace_id: WorkspaceId, permission: Permission, *, but: UserId | None = None
    ) -> tuple[str, ...]:
        """The addresses of the members whose role has that permission, as `recipients`."""
        roles = [role.value for role, permissions in PERMISSIONS.items() if permission in permissions]
        return await queries.addresses(tx, workspace_id, roles, but)
