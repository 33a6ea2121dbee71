"""The socket that API processes share, and ports that are free."""

import asyncio
import errno
import socket
import time

from conducktor.core.errors import Unavailable

BACKLOG = 2048
PREDECESSOR_LETS_GO_WITHIN_S = 2.0  # processes of a killed installation close the port a moment later


class CannotListen(Unavailable):
    """The port cannot be opened."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Connections wait in it while API processes start again. Raises CannotListen."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise CannotListen(f"CONDUCKTOR_HOST={host!r} is not an address of this machine: {error.strerror}.") from None
    give_up_at = time.monotonic() + PREDECESSOR_LETS_GO_WITHIN_S
    while True:
        try:
            return socket.create_server(address[:2], family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > give_up_at:
                raise _cannot_listen(host, port, error) from None
        time.sleep(0.1)


def is_free(port: int) -> bool:
    """Whether somebody could listen on this loopback port now."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except (OSError, OverflowError):
        return False


def any_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def loopback_of(host: str) -> str:
    """Where a process on this machine reaches who listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to


async def accepts(host: str, port: int) -> bool:
    """Whether somebody listens."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def answers(host: str, port: int, authority: str, path: str) -> bool:
    """Whether a GET is answered with 200 within a second; `authority` is the Host header."""
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_connection(loopback_of(host), port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


def _cannot_listen(host: str, port: int, error: OSError) -> CannotListen:
    match error.errno:
        case errno.EADDRINUSE:
            return CannotListen(
                f"Port {port} is in use by another program.",
                next_step=f"Stop that program, or choose another port: CONDUCKTOR_PORT={port + 1 if port < 65535 else 8080}",
            )
        case errno.EACCES:
            return CannotListen(
                f"Port {port} may be opened by root only.", next_step="Choose one from 1024 up with CONDUCKTOR_PORT."
            )
        case _:
            return CannotListen(
                f"Cannot listen on {host} port {port}: {error.strerror}.",
                next_step="Set CONDUCKTOR_HOST to an address of this machine.",
            )
