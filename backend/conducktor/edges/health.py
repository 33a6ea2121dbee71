"""`GET /healthz`: is this process able to serve? For load balancers and `conducktor run`."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from conducktor.core.errors import Unavailable
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database


class Health(msgspec.Struct, frozen=True):
    """`live` is whether changes from other processes arrive; without it every request asks the database."""

    status: str
    database: str
    change_feed: str


def routes(database: Database, changes: ChangeFeed) -> list[HTTPRouteHandler]:
    @get("/healthz", opt={"permission": "public"}, include_in_schema=False)
    async def healthz() -> Response[Any]:
        try:
            async with database.transaction() as tx:
                await tx.ping()
        except Unavailable:
            return Response(Health("unavailable", "away", "down"), status_code=503, headers={"Retry-After": "5"})
        return Response(Health("ok", "up", "live" if changes.is_live else "connecting"))

    return [healthz]
