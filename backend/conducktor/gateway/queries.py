"""The gateway's SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import WorkspaceId
from conducktor.gateway.models import SpentRequestStateRow
from conducktor.infra.database import Transaction


async def spend_request_state(tx: Transaction, workspace_id: WorkspaceId, state_id: UUID, expires_at: datetime) -> bool:
    """Whether it was unspent until now; of two at once, one is."""
    spent = insert(SpentRequestStateRow).values(id=state_id, workspace_id=workspace_id, expires_at=expires_at)
    done = await tx.session.execute(spent.on_conflict_do_nothing().returning(SpentRequestStateRow.id))
    return done.scalar_one_or_none() is not None


async def purge_request_states(tx: Transaction, now: datetime) -> None:
    """Of all workspaces: what expired would be refused anyway."""
    await tx.session.execute(delete(SpentRequestStateRow).where(SpentRequestStateRow.expires_at < now))
