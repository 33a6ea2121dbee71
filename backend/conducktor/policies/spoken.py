"""What conditions may speak of, handed to CEL. The same caller and tool come again and again, and handing over is what costs."""

import threading
from functools import lru_cache
from typing import Any

import cel

from conducktor.policies.case import Case

VARIABLES = ("args", "caller", "tool", "now")
KEPT = 200  # each holds on to the last arguments that it was given

Who = tuple[str, str, str, tuple[str, ...], str]
What = tuple[str, str, str]


class _Spoken:
    """One context with a caller and a tool in it, and whatever else of one case."""

    def __init__(self, who: Who, what: What) -> None:
        name, email, role, groups, client = who
        tool, connection, operation_class = what
        self.context = cel.Context(
            {
                "caller": {"name": name, "email": email, "role": role, "groups": list(groups), "client": client},
                "tool": {"name": tool, "connection": connection, "class": operation_class},
            }
        )
        self.case: Case | None = None
        self.given: set[str] = set()


class _Kept(threading.local):
    """By thread: a replay judges past calls beside the event loop, and nobody may see another's arguments."""

    def __init__(self) -> None:
        self._of = lru_cache(maxsize=KEPT)(_Spoken)
        self._latest: _Spoken | None = None

    def of(self, case: Case) -> _Spoken:
        """One policy after the other asks about the same case."""
        if self._latest is None or self._latest.case is not case:
            self._latest = self._of(case.who, case.what)
            self._latest.case, self._latest.given = case, set()
        return self._latest


_kept = _Kept()


def context_of(case: Case, reads: tuple[str, ...]) -> cel.Context:
    """A context that holds what `reads` names. To be used before the next one is asked for.

    Raises ArgumentsTooLarge, and ValueError when the arguments are not JSON.
    """
    spoken = _kept.of(case)
    for name in reads:
        if name in ("args", "now") and name not in spoken.given:
            spoken.context.add_variable(name, _value(case, name))
            spoken.given.add(name)
    return spoken.context


def _value(case: Case, name: str) -> Any:
    return case.arguments if name == "args" else case.now
