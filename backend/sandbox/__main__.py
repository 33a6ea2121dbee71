"""`python -m sandbox --port N --data DIR [--host ADDRESS]`: serve until SIGTERM or SIGINT."""

import argparse
import logging
import signal
import socket
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn

from sandbox.app import create_app
from sandbox.store import owned

SHUTDOWN_S = 2  # for calls in flight; none of ours takes longer than a file write


def main() -> None:
    arguments = _arguments()
    _quieten()
    # uvicorn repeats the signal to these once it has shut down; before it serves there is nothing to save.
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: sys.exit(0))
    listener = _listen(arguments.host, arguments.port)
    with ExitStack() as held:
        try:
            directory = held.enter_context(owned(arguments.data))
            app = create_app(directory, arguments.host, lambda: datetime.now(UTC))
        except BlockingIOError:
            sys.exit(f"sandbox: another sandbox uses {arguments.data}. Stop it, or choose another --data.")
        except OSError as error:
            sys.exit(f"sandbox: cannot use {arguments.data}: {error.strerror}. Make it writable, or choose another --data.")
        structlog.get_logger().info("sandbox.listening", host=arguments.host, port=listener.getsockname()[1])
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=SHUTDOWN_S)
        uvicorn.Server(config).run(sockets=[listener])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Three MCP servers to try Conducktor with.")
    parser.add_argument("--port", type=_port, required=True, help="port to listen on; 0 takes a free one and logs it")
    parser.add_argument("--data", type=Path, required=True, help="directory for the state")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    return parser.parse_args()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("must be a number between 0 and 65535")
    return int(text)


def _quieten() -> None:
    logging.basicConfig(level=logging.WARNING, format="level=%(levelname)s logger=%(name)s event=%(message)r", stream=sys.stderr)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.LogfmtRenderer(key_order=["level", "event"])],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        sys.exit(f"sandbox: cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host.")


if __name__ == "__main__":
    main()
