"""What a client can be asked: the finite part of its capabilities that we promise to servers of the handshake era.

Finite, so that no client can make us open a session of its own at an upstream by inventing capabilities.
"""

from functools import lru_cache
from typing import Any

import msgspec

NOTHING = b"{}"


@lru_cache(maxsize=1024)
def askable(capabilities: bytes) -> bytes:
    """Forms, links, sampling (with tools) and roots, as far as declared; canonical JSON. `{}` for what can not be read."""
    try:
        declared = _decode(capabilities)
    except (msgspec.MsgspecError, RecursionError):
        return NOTHING
    kept: dict[str, Any] = {}
    if isinstance(elicitation := declared.get("elicitation"), dict):
        modes: dict[str, Any] = {mode: {} for mode in ("form", "url") if isinstance(elicitation.get(mode), dict)}
        kept["elicitation"] = {} if modes.keys() == {"form"} else modes  # `{}` means forms, in every revision
    if isinstance(sampling := declared.get("sampling"), dict):
        kept["sampling"] = {"tools": {}} if isinstance(sampling.get("tools"), dict) else {}
    if isinstance(declared.get("roots"), dict):
        kept["roots"] = {}
    return msgspec.json.encode(kept)


_decode = msgspec.json.Decoder(dict[str, Any]).decode
