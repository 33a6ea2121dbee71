from datetime import datetime, timedelta

from sqlalchemy import text

from conducktor.identity.jobs import sweep_identity
from conducktor.identity.sessions import Sessions
from conducktor.workspaces.jobs import sweep_invitations
from tests.product import Product, decoded, signed_up


async def test_what_has_expired_is_swept_and_what_has_not_stays(product: Product) -> None:
    ada = await signed_up(product, "ada@example.com")
    await ada.sign_in("ada@example.com", "not the password at all")
    decoded(await ada.post("/api/workspaces/lab/invitations", {"email": "bob@example.com", "role": "member"}))
    everything = {"web_sessions": 1, "mail_tokens": 1, "invitations": 1, "attempts": 6}
    for later, left in ((timedelta(0), everything), (timedelta(days=40), {})):
        await _sweep(product, product.parts.clock() + later)
        assert await _left(product) == left
    await ada.__aexit__()


async def _sweep(product: Product, now: datetime) -> None:
    parts = product.parts
    sessions = Sessions(parts.database, parts.changes, parts.key_ring, lambda: now)
    context = parts.by_name() | {"clock": lambda: now, "sessions": sessions}
    await sweep_identity(context)
    await sweep_invitations(context)


async def _left(product: Product) -> dict[str, int]:
    async with product.parts.database.transaction() as tx:
        counted = {
            table: await tx.session.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("web_sessions", "mail_tokens", "invitations", "attempts")
        }
    return {table: count for table, count in counted.items() if count}
