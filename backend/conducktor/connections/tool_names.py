"""What tools and prompts are called toward clients: `<connection>_<tool>`, at most 64 of `[a-zA-Z0-9_-]`.

A connection's name has no underscore and at most 40 characters, so the part before the first `_` is always the whole name:
two connections can never claim the same full name. Within one connection the hash suffix tells lookalikes apart.
Names are only ever looked up whole in a table.
"""

import hashlib
import re
from collections.abc import Collection, Mapping

from conducktor.core.errors import Invalid

FULL_NAME_LIMIT = 64
CONNECTION_NAME_LIMIT = 40
SUFFIX_CHARACTERS = 8

CONNECTION_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")

OWN_PREFIXES = ("conducktr", "conducktor")
"""A connection of such a name would speak in the name of the management tools."""
RESERVED = frozenset({"new", "toolsets"})
"""Path segments that are not connections: of the page that adds one, and below the MCP endpoint."""


def check_connection_name(name: str) -> None:
    """Raises Invalid, with the reason under the field `name`."""
    if not CONNECTION_NAME.fullmatch(name) or len(name) > CONNECTION_NAME_LIMIT:
        reason = f"Use up to {CONNECTION_NAME_LIMIT} lower-case letters, digits and hyphens, beginning with a letter or digit."
    elif name.startswith(OWN_PREFIXES) or name in RESERVED:
        reason = "This name is reserved for Conducktor itself."
    else:
        return
    raise Invalid("The name of the connection cannot be used.", errors={"name": reason})


def free_connection_name(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or with the first free number behind it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[: CONNECTION_NAME_LIMIT - len(str(number)) - 1]}-{number}"
    return name


def full_names(connection: str, names: Collection[str], kept: Mapping[str, str]) -> dict[str, str]:
    """The full name of each of `names`. `kept` (name → full name) was given before and stays, also for absent names.

    Whoever needs no replacing gets its plain full name first; lookalikes get a suffix made from their own name. Does not
    depend on the order of `names`.
    """
    result = {name: kept[name] for name in names if name in kept}
    taken = set(kept.values())
    plain = {name: f"{connection}_{_FOREIGN.sub('_', name)}" for name in names if name not in kept}
    for name in sorted(plain, key=lambda n: (plain[n] != f"{connection}_{n}", n)):
        full = plain[name]
        if len(full) > FULL_NAME_LIMIT or full in taken:
            full = _suffixed(full, name, taken)
        result[name] = full
        taken.add(full)
    return result


def _suffixed(full: str, name: str, taken: Collection[str]) -> str:
    """Cut to size, with a hash of the whole name; longer ones only where a server chose names to collide with it."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(SUFFIX_CHARACTERS, 23):
        candidate = f"{full[: FULL_NAME_LIMIT - length - 1]}_{digest[:length]}"
        if candidate not in taken:
            return candidate
    raise AssertionError("fifteen collisions of SHA-256 prefixes")
