"""The SQL of finding."""

from collections.abc import Collection

from sqlalchemy import text

from conducktor.core.ids import ToolId, WorkspaceId
from conducktor.infra.database import Transaction

# A tool that has all the words comes before one that has some, and names weigh more than descriptions (A, B, C).
_RANKED = text("""
WITH asked AS (SELECT every, replace(every::text, '&', '|')::tsquery AS some FROM plainto_tsquery('english', :query) AS every),
titled AS (
  SELECT id, setweight(to_tsvector('english', concat_ws(' ', title, replace(name, '-', ' '), service)), 'B') AS words
  FROM connections WHERE workspace_id = :workspace_id
),
found AS (
  SELECT t.id, t.full_name, t.words || c.words AS words
  FROM tools t JOIN titled c ON c.id = t.connection_id
  WHERE t.workspace_id = :workspace_id AND t.id = ANY(:ids)
)
SELECT found.id FROM found, asked
WHERE found.words @@ asked.some OR found.full_name = :query
ORDER BY found.full_name = :query DESC, found.words @@ asked.every DESC, ts_rank(found.words, asked.some) DESC, found.full_name
LIMIT :limit
""")


async def ranked(tx: Transaction, workspace_id: WorkspaceId, ids: Collection[ToolId], query: str, limit: int) -> list[ToolId]:
    """Those of `ids` that the query fits, best first."""
    given = {"workspace_id": workspace_id, "ids": list(ids), "query": query, "limit": limit}
    return [ToolId(found) for found in await tx.session.scalars(_RANKED, given)]
