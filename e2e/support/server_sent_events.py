"""The JSON-RPC messages in the body of an answer, whichever of its two forms it has."""

import json
import re
from typing import Any


def decoded_messages(content_type: str, body: str) -> list[dict[str, Any]]:
    """One message as JSON, or any number of them as server-sent events."""
    if not body:
        return []
    if not content_type.startswith("text/event-stream"):
        return [json.loads(body)]
    events = ("\n".join(re.findall(r"(?m)^data: ?(.*)$", event)) for event in re.split(r"(?:\r?\n){2}", body))
    return [json.loads(data) for data in events if data.strip()]
