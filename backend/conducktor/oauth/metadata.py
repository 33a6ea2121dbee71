"""The documents by which clients find out about us."""

import msgspec

from conducktor.oauth.protocol import AUTH_METHODS, GRANT_TYPES
from conducktor.oauth.scopes import DEFAULT_SCOPES, OFFLINE_ACCESS, Scope
from conducktor.settings import Settings


class ProtectedResourceMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9728 §2. ChatGPT sends `resource` back verbatim. No `offline_access` here: it is no permission of the resource."""

    resource: str
    authorization_servers: list[str]
    scopes_supported: list[str]
    bearer_methods_supported: list[str]
    resource_name: str


class AuthorizationServerMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 8414 §2, RFC 9207 §3, and the metadata of client ID metadata documents."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str
    revocation_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    client_id_metadata_document_supported: bool
    prompt_values_supported: list[str]


def protected_resource(settings: Settings, resource: str) -> ProtectedResourceMetadata:
    return ProtectedResourceMetadata(
        resource=resource,
        authorization_servers=[settings.origin],
        scopes_supported=[scope.value for scope in DEFAULT_SCOPES],
        bearer_methods_supported=["header"],
        resource_name="Conducktor",
    )


def authorization_server(settings: Settings) -> AuthorizationServerMetadata:
    """Also served as OpenID Connect discovery, where some clients look first; nothing of OpenID Connect is promised."""
    return AuthorizationServerMetadata(
        issuer=settings.origin,
        authorization_endpoint=f"{settings.origin}/oauth/authorize",
        token_endpoint=f"{settings.origin}/oauth/token",
        registration_endpoint=f"{settings.origin}/oauth/register",
        revocation_endpoint=f"{settings.origin}/oauth/revoke",
        scopes_supported=[*(scope.value for scope in Scope), OFFLINE_ACCESS],
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=list(GRANT_TYPES),
        token_endpoint_auth_methods_supported=list(AUTH_METHODS),
        revocation_endpoint_auth_methods_supported=list(AUTH_METHODS),
        code_challenge_methods_supported=["S256"],
        authorization_response_iss_parameter_supported=True,
        client_id_metadata_document_supported=True,
        prompt_values_supported=["consent"],
    )
