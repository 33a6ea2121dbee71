"""Taking an account into use, and giving it up; every process hears of both."""

from conducktor.connections.own_accounts import queries
from conducktor.connections.own_accounts.account import OwnAccount
from conducktor.connections.own_accounts.own_credential import Whose
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.database import Transaction


async def keep(tx: Transaction, account: OwnAccount) -> None:
    """From now on calls of its person go out with it; what the person had before is left."""
    assert account.connection_id is not None
    assert account.user_id is not None
    await queries.put(tx, account)
    await _announce(tx, account.workspace_id, account.connection_id, account.user_id)


async def give_up(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, user_id: UserId) -> bool:
    """False when the person had none."""
    had_one = await queries.leave_of(tx, workspace_id, connection_id, user_id)
    await _announce(tx, workspace_id, connection_id, user_id)
    return had_one


async def _announce(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, user_id: UserId) -> None:
    await tx.announce(Whose(workspace_id, connection_id, user_id, "").change)
