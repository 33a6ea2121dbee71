"""What an upstream says while it works, on its way back to the client that asked."""

from collections.abc import Callable

import msgspec

Send = Callable[[str, msgspec.Raw], None]
"""(notification method, params): puts a notification on the client's stream; must not block."""


class Relay(msgspec.Struct, frozen=True):
    """`progress_token` is the client's own, raw; upstreams get ours, so that no two clients' tokens ever meet."""

    send: Send | None = None
    progress_token: msgspec.Raw | None = None


NO_RELAY = Relay()
