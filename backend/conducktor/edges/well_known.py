"""`/.well-known/…`: RFC 9728 and RFC 8414 documents, also where clients look by mistake or by older rules."""

from urllib.parse import urlsplit

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from conducktor.oauth.metadata import (
    AuthorizationServerMetadata,
    ProtectedResourceMetadata,
    authorization_server,
    protected_resource,
)
from conducktor.oauth.resources import CONNECTION, PRM_PREFIX, TOOLSET, of_connection, of_toolset
from conducktor.settings import Settings

CACHED = {"Cache-Control": "public, max-age=300"}


def routes(settings: Settings) -> list[HTTPRouteHandler]:
    endpoint = urlsplit(settings.resource).path
    server = authorization_server(settings)

    @get([PRM_PREFIX, PRM_PREFIX + endpoint], opt={"permission": "public"}, include_in_schema=False)
    async def resource_metadata() -> Response[ProtectedResourceMetadata]:
        return Response(protected_resource(settings, settings.resource), headers=CACHED)

    @get(PRM_PREFIX + endpoint + "/{connection:str}", opt={"permission": "public"}, include_in_schema=False)
    async def connection_metadata(connection: FromPath[str]) -> Response[ProtectedResourceMetadata]:
        # Every name that a connection could have gets one, so nobody learns which exist.
        if not CONNECTION.fullmatch(connection):
            raise NotFoundException(detail="A connection cannot have this name.")
        return Response(protected_resource(settings, of_connection(settings, connection)), headers=CACHED)

    @get(PRM_PREFIX + endpoint + "/toolsets/{toolset:str}", opt={"permission": "public"}, include_in_schema=False)
    async def toolset_metadata(toolset: FromPath[str]) -> Response[ProtectedResourceMetadata]:
        if not TOOLSET.fullmatch(toolset):
            raise NotFoundException(detail="A toolset cannot have this name.")
        return Response(protected_resource(settings, of_toolset(settings, toolset)), headers=CACHED)

    # RFC 8414 §3.1 inserts the well-known part before the issuer's path. Ours has none, but some clients insert it before the
    # MCP endpoint's path, or append it there.
    documents = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
    below = ("", endpoint, endpoint + "/{connection:str}", endpoint + "/toolsets/{toolset:str}")
    variants = [d + path for d in documents for path in below]

    @get([*variants, *(endpoint + d for d in documents)], opt={"permission": "public"}, include_in_schema=False)
    async def server_metadata() -> Response[AuthorizationServerMetadata]:
        return Response(server, headers=CACHED)

    return [resource_metadata, connection_metadata, toolset_metadata, server_metadata]
