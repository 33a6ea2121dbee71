"""CEL expressions over one call: checked when they are saved, compiled once, bounded in what they may cost.

`cel` has no budget of steps, so three bounds stand in for one: the length of the text, how deep `all`, `exists`, `map` and
`filter` are nested, and how much the arguments hold.
"""

import re
from functools import lru_cache
from typing import Any

import cel

from conducktor.policies.case import Case
from conducktor.policies.spoken import VARIABLES, context_of

LENGTH_MAX = 2_000
NESTING_MAX = 2
VALUES_MAX = 1_000  # in arguments that nested loops run over: 1,000² steps take about a quarter of a second
COMPILED_KEPT = 10_000

_MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})
_TYPES = frozenset({"int", "uint", "double", "string", "bytes", "bool", "list", "map", "null_type", "type"})
_FUNCTIONS = _TYPES | {
    "size", "contains", "startsWith", "endsWith", "matches", "timestamp", "duration", "max", "min", "has",
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
    "getSeconds", "getMilliseconds",
}  # fmt: skip
_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\.?\s*\w+\s*\(\s*\w*|[()]""")
_POSITION = re.compile(r"<input>:(\d+):(\d+): (.*)")
_HINT = 'Say first that what it reads is there, for example `has(args.title) && args.title.contains("x")`.'


class Condition:
    """A compiled expression. `holds` answers for one case."""

    def __init__(self, expression: str) -> None:
        """Raises ValueError that says what is wrong, and where."""
        if len(expression) > LENGTH_MAX:
            raise ValueError(f"The condition has {len(expression)} characters; at most {LENGTH_MAX} are allowed.")
        bound, self._nesting = _loops(expression)
        if self._nesting > NESTING_MAX:
            raise ValueError(f"all, exists, map and filter may be nested at most {NESTING_MAX} deep.")
        self._program = _compiled(expression)
        self._reads = tuple(name for name in VARIABLES if name in self._program.variables())
        _check_names(self._program, bound)

    @property
    def reads_arguments(self) -> bool:
        return "args" in self._reads

    def value(self, case: Case) -> Any:
        """What the expression says of the case. Raises ConditionFailed with the reason."""
        try:
            if self._nesting > 1 and self.reads_arguments and _holds_more(case.arguments, VALUES_MAX):
                raise ConditionFailed(f"the arguments hold more than {VALUES_MAX} values, too many for nested loops")
            return self._program.execute(context_of(case, self._reads))
        except KeyError as error:
            raise ConditionFailed(f"there is no {error} in this call. {_HINT}") from None
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise ConditionFailed(_first_sentence(str(error))) from None


class ConditionFailed(Exception):
    """A condition could not be answered with true or false; its text says why."""


@lru_cache(maxsize=COMPILED_KEPT)
def condition(expression: str) -> Condition:
    """Compiled once per process. Raises ValueError that says what is wrong, and where."""
    return Condition(expression)


def _compiled(expression: str) -> cel.Program:
    try:
        return cel.compile(expression)
    except ValueError as error:
        found = _POSITION.search(str(error))
        if found is None:
            raise ValueError(_first_sentence(str(error))) from None
        line, column, said = found.groups()
        reason = said.split(" expecting ")[0].replace("'<EOF>'", "end of the text")
        raise ValueError(f"Line {line}, column {column}: {reason}.") from None


def _check_names(program: cel.Program, bound: frozenset[str]) -> None:
    for name in program.variables():
        if name not in VARIABLES and name not in bound and name not in _TYPES:
            raise ValueError(f"“{name}” is not known here. A condition may speak of {', '.join(VARIABLES)}.")
    for name in program.functions():
        if name[0].isalpha() and name not in _FUNCTIONS:
            raise ValueError(f"There is no function “{name}”.")


def _loops(expression: str) -> tuple[frozenset[str], int]:
    """The names that loops give to elements, and how deep loops are nested."""
    bound: set[str] = set()
    deepest, open_parentheses = 0, list[bool]()
    for found in _TOKEN.finditer(expression):
        piece = found.group()
        if piece[0] in "'\"":
            continue
        if piece == ")":
            if open_parentheses:
                open_parentheses.pop()
            continue
        name, _, variable = piece.partition("(")
        is_loop = name.startswith(".") and name.strip(". \t\n") in _MACROS
        open_parentheses.append(is_loop)
        if is_loop:
            bound.add(variable.strip())
            deepest = max(deepest, sum(open_parentheses))
    return frozenset(bound), deepest


def _holds_more(value: object, limit: int) -> bool:
    left, waiting = limit, [value]
    while waiting:
        found = waiting.pop()
        left -= 1
        if left < 0:
            return True
        if isinstance(found, dict):
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    return False


def _first_sentence(text: str) -> str:
    return text.split("\n")[0].split(". ")[0].rstrip(".")[:300] + "."
