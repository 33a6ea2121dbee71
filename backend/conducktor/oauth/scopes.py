"""What a person can let a client do. A scope never grants more than the person's role has: permissions are intersected."""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from conducktor.core.actor import Permission
from conducktor.oauth.protocol import Code, OAuthError


class Scope(StrEnum):
    CONNECTIONS = "connections"
    TOOLS = "tools"
    USAGE = "usage"
    MANAGE = "manage"
    APPROVALS = "approvals"


class ScopeMeaning(msgspec.Struct, frozen=True):
    """`title` and `description` are shown on the consent page; `essence` is the permission without which it is pointless."""

    title: str
    description: str
    essence: Permission
    permissions: frozenset[Permission]
    is_optional: bool = False


MEANINGS: dict[Scope, ScopeMeaning] = {
    Scope.CONNECTIONS: ScopeMeaning(
        "Access to your MCP connections",
        "See which services this workspace has connected, their tools, their health and the rules that apply to them.",
        Permission.CONNECTIONS_READ,
        frozenset(
            {
                Permission.CONNECTIONS_READ,
                Permission.WORKSPACE_READ,
                Permission.POLICIES_READ,
                Permission.MEMBERS_READ,
            }
        ),
    ),
    Scope.TOOLS: ScopeMeaning(
        "Execute tools on your behalf",
        "Call the tools of connected services as you, within this workspace's policies, approvals and budgets.",
        Permission.TOOLS_CALL,
        frozenset({Permission.TOOLS_CALL}),
    ),
    Scope.USAGE: ScopeMeaning(
        "View usage analytics",
        "See how much this workspace's tools are used, what that costs, and which budgets apply.",
        Permission.USAGE_READ,
        frozenset({Permission.USAGE_READ, Permission.BUDGETS_READ}),
    ),
    Scope.MANAGE: ScopeMeaning(
        "Manage this workspace",
        "Create and change connections, policies, budgets and workflows.",
        Permission.CONNECTIONS_WRITE,
        frozenset(
            {
                Permission.CONNECTIONS_WRITE,
                Permission.POLICIES_READ,
                Permission.POLICIES_WRITE,
                Permission.BUDGETS_READ,
                Permission.BUDGETS_WRITE,
            }
        ),
        is_optional=True,
    ),
    Scope.APPROVALS: ScopeMeaning(
        "Decide approvals",
        "Approve or deny requests that wait for you.",
        Permission.APPROVALS_ANSWER,
        frozenset({Permission.APPROVALS_ANSWER, Permission.APPROVALS_DECIDE}),
        is_optional=True,
    ),
}

DEFAULT_SCOPES = (Scope.CONNECTIONS, Scope.TOOLS, Scope.USAGE)
"""What an absent `scope` means (RFC 6749 §3.3), and what the resource asks for."""

SCOPE_MAX = 1_000
_SCOPE_WORD = re.compile(r"[!#-\[\]-~]+")  # RFC 6749 §3.3, `scope-token`

OFFLINE_ACCESS = "offline_access"
"""Accepted and needless: a refresh token is always issued (OpenID Connect Core §11)."""


def permitted(scopes: Iterable[str], role_permissions: frozenset[Permission]) -> frozenset[Permission]:
    """What a client with `scopes` may do for a person whose role has `role_permissions`."""
    allowed = frozenset[Permission]().union(*(MEANINGS[Scope(scope)].permissions for scope in scopes))
    return allowed & role_permissions


def within(role_permissions: frozenset[Permission]) -> list[Scope]:
    """The scopes that mean something for a person whose role has `role_permissions`."""
    return [scope for scope, meaning in MEANINGS.items() if meaning.essence in role_permissions]


def in_order(scopes: Iterable[str]) -> list[Scope]:
    """Each once, in the order of the consent page."""
    given = set(scopes)
    return [scope for scope in Scope if scope in given]


def requested_scopes(scope: str | None) -> tuple[str, ...] | None:
    """The scopes a client names, None when it names none. Unknown words are left out, as RFC 6749 §3.3 allows.

    Raises OAuthError `invalid_scope` when it is malformed, or nothing is left of what was asked for.
    """
    words = (scope or "").split(" ")
    given = {word for word in words if word}
    if len(scope or "") > SCOPE_MAX or not all(_SCOPE_WORD.fullmatch(word) for word in given):
        raise OAuthError(Code.INVALID_SCOPE, "The scope is malformed.")
    if not given - {OFFLINE_ACCESS}:
        return None
    known = tuple(found.value for found in in_order(given))
    if not known:
        raise OAuthError(Code.INVALID_SCOPE, "None of these scopes is known here.")
    return known
