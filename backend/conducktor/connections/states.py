"""The words for how connections, tools and credentials stand."""

from enum import StrEnum


class ConnectionState(StrEnum):
    PENDING = "PENDING"
    """Saved, not yet reached."""
    ACTIVE = "ACTIVE"
    ERROR = "ERROR"
    """Not usable right now; heals by itself when the cause goes away."""
    DISABLED = "DISABLED"


class ToolState(StrEnum):
    ACTIVE = "active"
    QUARANTINED = "quarantined"
    """Suspicious or changed: not served until a person accepts it."""
    REJECTED = "rejected"
    """Clients could not use it, so it is not served."""
    GONE = "gone"


class Auth(StrEnum):
    NONE = "none"
    BEARER = "bearer"
    HEADER = "header"
    BASIC = "basic"
    """User name and password, with a colon between them: RFC 7617."""
    QUERY = "query"
    """In the address, under the name of a query parameter: only for services that take it nowhere else."""
    OAUTH = "oauth"
    """A person signs in at the service; the credential is an access token, renewed by `sign_in/`."""


NAMED_AUTH = frozenset({Auth.HEADER, Auth.QUERY})
"""Kinds whose key goes under a name that somebody has to say."""


class OfferKind(StrEnum):
    RESOURCE = "resource"
    RESOURCE_TEMPLATE = "resource_template"
    PROMPT = "prompt"
