"""Programs that are spoken to over their standard input and output, within limits, and that end as a whole."""

import asyncio
import ctypes
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from conducktor.infra.child_process import PR_SET_PDEATHSIG

ASKED_TO_END_S = 2.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Of each process. `processes` counts all of the system user's; 0 is no limit."""

    memory_bytes: int
    cpu_s: int
    processes: int
    files: int


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What is started; `environment` is all that it gets."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path | None
    limits: Limits


async def start(program: Program, *, longest_line: int) -> Process:
    """In a session of its own, so that it can be ended with all that it starts. Raises OSError.

    It follows this process into death, also by SIGKILL (Linux). Call from the main thread (`child_process.spawn`).
    """
    return await asyncio.create_subprocess_exec(
        *program.argv,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=dict(program.environment),
        cwd=program.directory or "/",
        limit=longest_line,
        start_new_session=True,
        preexec_fn=_prepared(program.limits),
    )


async def end(process: Process) -> None:
    """Ask, then kill, its whole group; returns when it is gone."""
    _signal(process.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(ASKED_TO_END_S):
            await process.wait()
    _signal(process.pid, signal.SIGKILL)  # what it started may have stayed
    await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _prepared(limits: Limits) -> Callable[[], None]:
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None  # before the fork: the child should do little
    wanted = [
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_CORE, 0),
        *([(resource.RLIMIT_NPROC, limits.processes)] if limits.processes else []),
    ]
    within = [(kind, _at_most(kind, number)) for kind, number in wanted]

    def prepare() -> None:
        if prctl:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for kind, number in within:
            resource.setrlimit(kind, (number, number))

    return prepare


def _at_most(kind: int, number: int) -> int:
    """Nobody but root may raise a limit."""
    hard = resource.getrlimit(kind)[1]
    return number if hard == resource.RLIM_INFINITY else min(number, hard)
