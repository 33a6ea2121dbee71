"""What the consent page is told, and what it answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from conducktor.oauth.clients.client import ClientView
from conducktor.oauth.resources import Part
from conducktor.oauth.scopes import Scope


class ConsentPerson(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str


class ConsentWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """`may` are the scopes that mean something with this person's role there."""

    slug: str
    name: str
    role: str
    may: list[Scope]


class ConsentPermission(msgspec.Struct, frozen=True, kw_only=True):
    """`optional` ones start unticked and need a workspace whose `may` has them. `requested`: the client asked for it by name,
    or had it before."""

    scope: Scope
    title: str
    description: str
    optional: bool
    requested: bool


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """What the consent page shows. `user` is null until somebody signs in; the page then asks again.

    `part` is the one connection or toolset that the app asks for, null when it asks for the whole workspace.
    """

    client: ClientView
    user: ConsentPerson | None
    email_verified: bool
    workspaces: list[ConsentWorkspace]
    last_workspace: str | None
    permissions: list[ConsentPermission]
    part: Part | None
    expires_at: datetime


class ConsentDecision(msgspec.Struct, frozen=True, kw_only=True):
    """`workspace` (slug) and `scopes` matter for `authorize` only."""

    decision: Literal["authorize", "cancel"]
    workspace: str | None = None
    scopes: list[Scope] = []


class ConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes now: back to the client."""

    redirect_to: str
