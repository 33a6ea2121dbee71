"""Child processes that do not outlive this one. The only module of the product that starts programs."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Account(msgspec.Struct, frozen=True):
    """The system user a child runs as; only root may name another than its own."""

    uid: int
    gid: int


def spawn(
    argv: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    when_orphaned: signal.Signals,
    account: Account | None = None,
    directory: Path | None = None,
    output: IO[bytes] | None = None,
    file_descriptors: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `argv` in a process group of its own, so that a terminal's Ctrl-C reaches only us and we end it in order.

    When this process dies, even by SIGKILL, the kernel sends the child `when_orphaned` (Linux). The kernel ties
    that to the *thread* that starts the child: call from the main thread. `output` takes stdout and stderr.
    """
    return subprocess.Popen(  # noqa: S603 - argv is built by our own code, never from a request
        [str(word) for word in argv],
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        pass_fds=tuple(file_descriptors),
        process_group=0,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_follow_parent(when_orphaned),
    )


def _follow_parent(when_orphaned: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: the child should do as little as possible
    parent = os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, when_orphaned)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return follow


def stop_with_parent() -> None:
    """Let the kernel send this process SIGTERM when whoever started it dies (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
