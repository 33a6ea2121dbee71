"""What the page is shown of a document."""

import msgspec

from conducktor.connections.hidden_text import visible
from conducktor.connections.openapi.description import ReadApi
from conducktor.connections.openapi.oauth_scheme import oauth_scheme
from conducktor.connections.openapi.security import SecurityOption, security_options, servers
from conducktor.core.tool_call import OperationClass


class ApiOperationView(msgspec.Struct, frozen=True, kw_only=True):
    """`key` names it when choosing; `refusal` says why it cannot be a tool; `scopes` are what it needs of a sign-in."""

    key: str
    tool: str
    method: str
    path: str
    summary: str
    tags: list[str]
    operation_class: OperationClass
    is_deprecated: bool
    is_chosen: bool
    refusal: str | None
    scopes: list[str]


class ApiView(msgspec.Struct, frozen=True, kw_only=True):
    """`servers` are addresses that the document names; a person decides which one is called.

    `redirect_uri`: what an app must be registered with, where people sign in at the service.
    """

    title: str
    version: str
    source_url: str | None
    servers: list[str]
    security: list[SecurityOption]
    operations: list[ApiOperationView]
    redirect_uri: str


def api_view(api: ReadApi, *, source_url: str | None, chosen: tuple[str, ...], redirect_uri: str) -> ApiView:
    is_chosen = frozenset(chosen)
    people = oauth_scheme(api.document)
    return ApiView(
        title=visible(api.document.title),
        version=visible(api.document.version),
        source_url=source_url,
        servers=servers(api.document),
        security=security_options(api.document),
        operations=[
            ApiOperationView(
                key=one.key,
                tool=one.tool,
                method=one.method,
                path=one.path,
                summary=visible(one.summary),
                tags=[visible(tag) for tag in one.tags],
                operation_class=one.operation_class,
                is_deprecated=one.is_deprecated,
                is_chosen=one.key in is_chosen,
                refusal=one.refusal,
                scopes=[visible(scope) for scope in people.of_operation(api.document, one.path, one.method)] if people else [],
            )
            for one in api.operations
        ],
        redirect_uri=redirect_uri,
    )
