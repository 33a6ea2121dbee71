"""A mail server that keeps what it is given; just enough of RFC 5321."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from tests.support.ports import fresh_listener


class MailServer:
    """`answers` maps a command to another reply than 250, for instance `{"RCPT": "550 No such user"}`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.refused: list[str] = []
        self.greets = True
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.greets:
            writer.write(b"220 mail.example.com ESMTP\r\n")
        while line := await reader.readline():
            command = line[:4].decode("latin-1").upper().strip()
            reply = self.answers.get(command, "354 Go on" if command == "DATA" else "221 Bye" if command == "QUIT" else "250 OK")
            writer.write(f"{reply}\r\n".encode())
            self.refused += [reply] if reply[0] in "45" else []
            if command == "QUIT":
                return
            if command == "DATA" and reply.startswith("354"):
                content = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
                self.letters.append(email.message_from_bytes(content, policy=email.policy.default))
                writer.write(b"250 Taken\r\n")


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Listens on a free loopback port until the block ends."""
    kept = MailServer()
    server = await asyncio.start_server(kept.talk, sock=fresh_listener())
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        await server.wait_closed()
