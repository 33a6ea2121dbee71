"""Step-up: the person's role would allow it, but this client was not given the scope for it."""

from conducktor.core.actor import Permission
from conducktor.core.errors import Forbidden
from conducktor.oauth.caller import Caller
from conducktor.oauth.scopes import MEANINGS, Scope


class InsufficientScope(Forbidden):
    """The app was not given this permission."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"This app was not given the permission “{MEANINGS[scope].title}”.",
            next_step="Connect it again and tick that permission on the authorization page.",
            scope=scope.value,
        )
        self.scope = scope


def require(caller: Caller, permission: Permission) -> None:
    """Raises InsufficientScope when signing in again with more scopes would help, Forbidden when it would not."""
    if permission in caller.role_permissions and not caller.actor.may(permission):
        for scope, meaning in MEANINGS.items():
            if permission in meaning.permissions:
                raise InsufficientScope(scope)
    caller.actor.require(permission)
