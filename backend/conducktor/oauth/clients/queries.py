"""SQL of clients. They are not a workspace's: whoever runs an app registers it once for all people."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import ClientId, new_id
from conducktor.infra.database import Transaction
from conducktor.oauth.clients.client import Client, ClientKind
from conducktor.oauth.models import AuthorizationRow, OAuthClientRow


class StoredClient(msgspec.Struct, frozen=True):
    client: Client
    fresh_until: datetime | None


async def find(tx: Transaction, client_id: str) -> StoredClient | None:
    row = await tx.session.scalar(select(OAuthClientRow).where(OAuthClientRow.client_id == client_id))
    if row is None:
        return None
    client = Client(
        id=ClientId(row.client_id),
        kind=ClientKind(row.kind),
        name=row.name,
        redirect_uris=tuple(row.redirect_uris),
        homepage=row.homepage,
    )
    return StoredClient(client, row.fresh_until)


async def registered_since(tx: Transaction, network_digest: bytes, since: datetime) -> int:
    mine = (OAuthClientRow.network_digest == network_digest, OAuthClientRow.created_at > since)
    return await tx.session.scalar(select(func.count()).select_from(OAuthClientRow).where(*mine)) or 0


async def add_registered(tx: Transaction, client: Client, network_digest: bytes, now: datetime) -> None:
    await tx.session.execute(insert(OAuthClientRow).values(**_values(client, now), network_digest=network_digest))


async def put_document(tx: Transaction, client: Client, fresh_until: datetime, now: datetime) -> None:
    """Remember what a metadata document says; a newer reading replaces an older one."""
    values = _values(client, now) | {"fresh_until": fresh_until}
    changed = {name: values[name] for name in ("name", "redirect_uris", "homepage", "fresh_until")}
    statement = insert(OAuthClientRow).values(**values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["client_id"], set_=changed))


async def purge_unused(tx: Transaction, made_before: datetime) -> None:
    """Forget clients that nobody has authorised; one that is in use stays as long as it is."""
    in_use = exists().where(AuthorizationRow.client_id == OAuthClientRow.client_id)
    unused = (OAuthClientRow.kind.in_([ClientKind.REGISTERED, ClientKind.DOCUMENT]), OAuthClientRow.created_at < made_before)
    await tx.session.execute(delete(OAuthClientRow).where(*unused, ~in_use))


def _values(client: Client, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "client_id": client.id,
        "kind": client.kind.value,
        "name": client.name,
        "homepage": client.homepage,
        "redirect_uris": list(client.redirect_uris),
        "created_at": now,
    }
