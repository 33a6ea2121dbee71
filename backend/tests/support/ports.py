"""Ports that nothing else had or takes: caches, rests and pools remember servers by their address."""

import random
import socket

_BELOW_THE_KERNELS = range(15_000, 32_000)
"""Linux gives 32768 and more to whoever names no port, and to every connection that goes out."""
_given: set[int] = set()


def fresh_listener(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Listens on a port that no server of this process had before; or on this one."""
    listener = socket.create_server((host, port or quiet_port(host)))
    # As asyncio does for sockets that it makes: without, many answers wait 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def quiet_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens, and nobody will by chance: for a process that will listen there, or for none."""
    while True:
        port = random.choice(_BELOW_THE_KERNELS)
        if port in _given:
            continue
        try:
            socket.create_server((host, port)).close()
        except OSError:
            continue
        _given.add(port)
        return port
