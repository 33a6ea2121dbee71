"""What the suite starts as "the client". It only tells the test, which waits at its first argument, where the harness listens."""

import json
import os
import sys
from urllib.request import Request, urlopen

WITHIN_S = 120.0


def main(driver: str, url: str) -> int:
    task = {
        "scenario": os.environ["MCP_CONFORMANCE_SCENARIO"],
        "revision": os.environ["MCP_CONFORMANCE_PROTOCOL_VERSION"],
        "context": json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}")),
        "url": url,
    }
    with urlopen(Request(driver, json.dumps(task).encode(), {"Content-Type": "application/json"}), timeout=WITHIN_S) as answer:
        complaint = json.load(answer)["complaint"]
    print(complaint)
    return 1 if complaint else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
