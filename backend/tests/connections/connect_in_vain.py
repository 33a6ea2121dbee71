"""A process of its own that makes a connection to a server which never answers; a test kills it meanwhile.

Arguments: the settings as JSON, the actor as JSON, the server's URL.
"""

import asyncio
import sys

import msgspec

from conducktor.connections.operations import create_connection
from conducktor.core.actor import Actor
from conducktor.parts import Parts
from conducktor.settings import Settings


async def main(settings: str, actor: str, url: str) -> None:
    parts = Parts(msgspec.json.decode(settings, type=Settings, dec_hook=lambda kind, value: kind(value)))
    async with parts.running():
        wish = create_connection.data_type(name="shelf", url=url, secret="a-key-that-survives")
        await parts.gate.run(create_connection, msgspec.json.decode(actor, type=Actor), wish)


asyncio.run(main(*sys.argv[1:]))
