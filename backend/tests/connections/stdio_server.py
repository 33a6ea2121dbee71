"""An MCP server on standard input and output whose tools do what can go wrong; run by a test, not imported."""

import json
import os
import resource
import subprocess
import sys
import threading
from typing import Any

TOOLS = ("echo", "crash", "environment", "limits", "offspring", "change", "hang", "deaf", "shout")
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}}


def main() -> None:
    complain(f"started with key {os.environ.get('API_KEY', '(none)')}")
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message and "method" in message:
            answer(message)


def answer(message: dict[str, object]) -> None:
    match message["method"]:
        case "initialize":
            told: object = {
                "protocolVersion": "2025-11-25",
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "local", "version": "1"},
            }
        case "tools/list":
            told = {"tools": [{"name": name, "inputSchema": SCHEMA} for name in names()]}
        case "tools/call":
            text = call(message["params"])  # type: ignore[arg-type]
            if text is None:
                return
            told = {"content": [{"type": "text", "text": text}]}
        case _:
            say({"id": message["id"], "error": {"code": -32601, "message": "no"}})
            return
    say({"id": message["id"], "result": told})


def call(params: dict[str, Any]) -> str | None:
    match params["name"]:
        case "echo":
            return str(params["arguments"]["text"])
        case "crash":
            complain(f"I give up, my key was {os.environ.get('API_KEY')}")
            sys.exit(3)
        case "environment":
            return json.dumps(dict(os.environ))
        case "limits":
            return json.dumps([resource.getrlimit(resource.RLIMIT_NOFILE)[0], resource.getrlimit(resource.RLIMIT_CPU)[0]])
        case "offspring":
            child = subprocess.Popen(["/bin/sleep", "600"])
            return json.dumps([os.getpid(), child.pid])
        case "deaf":
            say({"method": "notifications/tools/list_changed"})
            threading.Event().wait()
        case "shout":
            complain("x" * 11_000_000)
            complain("that was loud")
            return "shouted"
        case "change":
            extra.append("more")
            say({"method": "notifications/tools/list_changed"})
            return "changed"
    return None


def names() -> list[str]:
    return [*TOOLS, *extra]


def say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


extra: list[str] = []

if __name__ == "__main__":
    main()
