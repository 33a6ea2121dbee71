"""Who calls, proven by an access token."""

from datetime import datetime

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.ids import AuthorizationId, ClientId


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A person behind a client, in the workspace that the person chose for it. Only `Authenticator` makes one.

    `actor.permissions` are what role and scopes both allow; `role_permissions` what the role alone would. `audience` is
    the resource the token is good for.
    """

    actor: Actor
    role_permissions: frozenset[Permission]
    scopes: frozenset[str]
    authorization_id: AuthorizationId
    client_id: ClientId
    client_name: str
    audience: str
    expires_at: datetime
    log_level: str | None = None
    """What the app asked for with `logging/setLevel`."""
    client_abilities: str | None = None
    """What the app said with `initialize` that it can be asked, JSON."""
