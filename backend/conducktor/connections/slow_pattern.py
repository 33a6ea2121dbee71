"""Regular expressions that can take exponential time: `(a+)+`, `(a|a)*` and kin. A careful guess, never run.

Conducktor evaluates no pattern of an upstream; the client that lists the tool may.
"""

PATTERN_LIMIT = 1_000
"""Characters. Longer ones are not looked at, and count as slow."""

REPEAT_LIMIT = 1_000
"""A bounded repetition of more than this many of a repeating group is as bad as an unbounded one."""


def may_be_slow(pattern: str) -> bool:
    """Whether a group that itself repeats without bound, or offers alternatives, is repeated without bound."""
    if len(pattern) > PATTERN_LIMIT:
        return True
    open_groups: list[bool] = []  # per group: whether it holds something ambiguous
    ambiguous = False
    position = 0
    while position < len(pattern):
        character = pattern[position]
        closed_ambiguous = False
        if character == "\\":
            position += 2
        elif character == "[":
            position = _after_class(pattern, position)
        elif character == "(":
            open_groups.append(ambiguous)
            ambiguous = False
            position += 1
            continue
        elif character == ")":
            closed_ambiguous = ambiguous
            ambiguous = (open_groups.pop() if open_groups else False) or ambiguous
            position += 1
        elif character == "|":
            ambiguous = ambiguous or bool(open_groups)
            position += 1
            continue
        else:
            position += 1
        repeats, position = _quantifier(pattern, position)
        if repeats and closed_ambiguous:
            return True
        ambiguous = ambiguous or (repeats and bool(open_groups))
    return False


def _after_class(pattern: str, position: int) -> int:
    position += 1
    if pattern[position : position + 1] == "^":
        position += 1
    first = position
    while position < len(pattern) and (pattern[position] != "]" or position == first):
        position += 2 if pattern[position] == "\\" else 1
    return position + 1


def _quantifier(pattern: str, position: int) -> tuple[bool, int]:
    """Whether the quantifier at `position` repeats without (a sensible) bound, and where the pattern goes on."""
    following = pattern[position : position + 1]
    if following in {"*", "+"}:
        return True, position + 1
    if following == "{" and (end := pattern.find("}", position)) > 0:
        _, comma, most = pattern[position + 1 : end].partition(",")
        unbounded = bool(comma) and not most
        return unbounded or (most.isdigit() and int(most) > REPEAT_LIMIT), end + 1
    return False, position
