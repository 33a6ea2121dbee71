"""A program that takes webhooks, or not."""

import asyncio
import json
from typing import Any

from tests.support.raw_server import RawServer, Received, answer


class Receiver(RawServer):
    """Answers with `status` after `delay_s`."""

    def __init__(self) -> None:
        super().__init__(self._take)
        self.status = "200 OK"
        self.delay_s = 0.0

    async def _take(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay_s)
        writer.write(answer(b"ok", self.status, content_type="text/plain"))

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(received.body) for received in self.received]
