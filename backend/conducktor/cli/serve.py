"""One API process: uvicorn around the application."""

import gc
import os
import socket
from collections.abc import Sequence
from typing import Protocol

import uvicorn
import uvloop

from conducktor.app import create_app
from conducktor.infra.listener import BACKLOG, listen
from conducktor.settings import Settings

DRAIN_S = 10  # for calls in flight after SIGTERM
KEEP_ALIVE_S = 75  # longer than a proxy in front keeps its idle connections, so that it is the one to close them
GC_FIRST_GENERATION = 50_000  # with the objects of the start frozen, p99 at 64 connections fell from 40 to 10 ms


class Streams(Protocol):
    """Streams that never end by themselves: they would keep the server for as long as it lets them."""

    def close(self) -> None: ...


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, streams: Sequence[Streams]) -> None:
        super().__init__(config)
        self._streams = streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_FIRST_GENERATION, 10, 10)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for streams in self._streams:
            streams.close()
        await super().shutdown(sockets)


def serve(settings: Settings, *, fd: int | None, index: int, gate: int | None) -> None:
    """Serve until SIGTERM or SIGINT, then drain.

    `gate` is a pipe that closes when the database is ready: loading happens while others prepare it.
    """
    if gate is not None:
        os.read(gate, 1)
        os.close(gate)
    listener = socket.socket(fileno=fd) if fd is not None else listen(settings.host, settings.port)
    app = create_app(settings, process_index=index)
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application reads X-Forwarded-For itself, from trusted proxies only
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )
    uvloop.run(_Server(config, app.state["open_streams"]).serve(sockets=[listener]))
