"""One call as the policies see it: decoded at most once, and only when a policy looks inside."""

from datetime import datetime
from typing import Any

import msgspec

from conducktor.core.ids import made_at
from conducktor.core.tool_call import ToolCall

ARGUMENTS_MAX = 256 * 1024
"""What conditions read; a call with more is refused by a policy that must read it."""

_decode = msgspec.json.Decoder().decode


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What lies outside the call. `untrusted` is the tool that brought outside content into this conversation, if one did."""

    untrusted: str | None = None


NO_FACTS = Facts()
_UNREAD = object()


class ArgumentsTooLarge(ValueError):
    """The arguments are more than policies read."""


class Case:
    """A call, the facts about it, and what conditions may speak of."""

    def __init__(self, call: ToolCall, facts: Facts = NO_FACTS) -> None:
        self.call = call
        self.facts = facts
        self._arguments: Any = _UNREAD

    def rewritten(self, call: ToolCall) -> "Case":
        return Case(call, self.facts)

    @property
    def arguments(self) -> Any:
        """Raises ArgumentsTooLarge, and ValueError when they are not JSON."""
        if self._arguments is _UNREAD:
            self._arguments = self._decoded()
        return self._arguments

    @property
    def now(self) -> datetime:
        """When the call was made: its id says so, so that a later replay sees the same moment."""
        return made_at(self.call.id)

    @property
    def who(self) -> tuple[str, str, str, tuple[str, ...], str]:
        """Name, e-mail address, role, groups and client of the caller, as conditions know them."""
        actor = self.call.actor
        return actor.user_name, actor.user_email, actor.role, tuple(map(str, actor.groups)), actor.client_id or ""

    @property
    def what(self) -> tuple[str, str, str]:
        """Full name, connection and class of the tool, as conditions know them."""
        return self.call.full_name, self.call.connection_name, self.call.operation_class.value

    def _decoded(self) -> Any:
        given = self.call.arguments
        if len(given) > ARGUMENTS_MAX:
            raise ArgumentsTooLarge(
                f"the arguments have {len(given) // 1024} KiB, and policies read at most {ARGUMENTS_MAX // 1024}"
            )
        return _decode(given)
