"""All SQL of the policies."""

import msgspec
from sqlalchemy import select

from conducktor.core.ids import PolicyId, WorkspaceId
from conducktor.infra.database import Transaction
from conducktor.policies.models import PolicyRow


class StoredPolicy(msgspec.Struct, frozen=True):
    id: PolicyId
    name: str
    version: int
    rule: dict[str, object]


async def enabled(tx: Transaction, workspace_id: WorkspaceId) -> list[StoredPolicy]:
    """Those in force, in the order in which they judge."""
    statement = (
        select(PolicyRow.id, PolicyRow.name, PolicyRow.version, PolicyRow.rule)
        .where(PolicyRow.workspace_id == workspace_id, PolicyRow.is_enabled)
        .order_by(PolicyRow.position, PolicyRow.id)
    )
    return [StoredPolicy(PolicyId(i), name, version, rule) for i, name, version, rule in await tx.session.execute(statement)]
