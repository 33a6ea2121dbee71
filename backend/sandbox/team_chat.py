"""The sandbox team chat: post to a channel, list the channels, read the latest messages of one."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import CallToolResult
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from sandbox.store import Clock, Store
from sandbox.tools import ADDS, READS, ToolServer, answer

KEPT_MESSAGES = 200  # per channel: the file is rewritten by every message, so it must not grow for ever


class Message(BaseModel, frozen=True):
    """One message. `number` counts the messages of its channel from 1."""

    number: int
    author: str
    text: str
    sent_at: AwareDatetime


class Channel(BaseModel, frozen=True):
    """A channel and its latest messages, oldest first; never empty."""

    name: str
    topic: str
    messages: tuple[Message, ...]


class Chat(BaseModel, frozen=True):
    """Everything the team chat remembers."""

    channels: tuple[Channel, ...]


class ChannelView(BaseModel, frozen=True):
    """A channel as clients see it. `message_count` includes messages that are no longer kept."""

    name: str
    topic: str
    message_count: int
    latest_message: Message


class Channels(BaseModel, frozen=True):
    channels: tuple[ChannelView, ...]


class SentMessage(BaseModel, frozen=True):
    channel: str
    message: Message


class TeamChat:
    """The methods are the tools; their signatures and docstrings are what clients see."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._clock = clock
        self._store = Store(directory, "team-chat", Chat, lambda: _seed(clock()))

    def server(self) -> ToolServer:
        server = ToolServer(
            "sandbox-team-chat",
            "Sandbox team chat",
            "Channels of one engineering team. Everybody in the channel reads what post_message sends, at once.",
        )
        server.offer(self.post_message, "Post message", ADDS)
        server.offer(self.list_channels, "List channels", READS)
        server.resource(
            "messages://{channel}",
            name="channel-messages",
            title="Messages of a channel",
            description=f"The latest messages of a channel (at most {KEPT_MESSAGES}), oldest first. Name it without the #.",
            mime_type="application/json",
        )(self.messages)
        return server

    async def post_message(
        self,
        channel: Annotated[str, Field(max_length=80, description="Channel such as `#engineering`; the # may be left out.")],
        text: Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
            Field(description="The message, in Markdown."),
        ],
    ) -> Annotated[CallToolResult, SentMessage]:
        """Send a message to a channel. It cannot be taken back, and calling it twice sends it twice."""
        chat = self._store.state
        target = _find(chat, channel)
        if target is None:
            raise ToolError(f"There is no channel {channel!r}. Use one of: {', '.join(each.name for each in chat.channels)}.")
        message = Message(number=target.messages[-1].number + 1, author="me", text=text, sent_at=self._clock())
        after = target.model_copy(update={"messages": (*target.messages, message)[-KEPT_MESSAGES:]})
        self._store.replace(Chat(channels=tuple(after if each is target else each for each in chat.channels)))
        return answer(f"Message sent to {target.name}", SentMessage(channel=target.name, message=message))

    async def list_channels(self) -> Annotated[CallToolResult, Channels]:
        """List all channels with their topic and latest message."""
        channels = tuple(
            ChannelView(
                name=channel.name,
                topic=channel.topic,
                message_count=channel.messages[-1].number,
                latest_message=channel.messages[-1],
            )
            for channel in self._store.state.channels
        )
        lines = [
            f"{each.name}: {each.topic} {each.message_count} messages, the latest by {each.latest_message.author}."
            for each in channels
        ]
        return answer("\n".join(lines), Channels(channels=channels))

    async def messages(self, channel: str) -> str:
        found = _find(self._store.state, channel)
        if found is None:
            raise ResourceNotFoundError(f"There is no channel {channel!r}.")
        return found.model_dump_json()


def _find(chat: Chat, name: str) -> Channel | None:
    wanted = "#" + name.strip().lower().removeprefix("#")
    return next((channel for channel in chat.channels if channel.name == wanted), None)


def _seed(now: datetime) -> Chat:
    """Five channels in use, as old as `now` makes them."""
    rows = (
        ("#general", "News for everybody.", "support", "The office is closed on Friday.", 26),
        ("#engineering", "How we build it.", "backend", "Rate limit headers are up for review: api#124.", 5),
        ("#deployments", "What goes out, and when.", "platform", "web was deployed to production without errors.", 3),
        ("#alerts", "What woke somebody up.", "on-call", "Image worker restarted: out of memory. See ENG-455.", 2),
        ("#random", "Everything else.", "design", "The coffee machine is back.", 20),
    )
    return Chat(
        channels=tuple(
            Channel(
                name=name,
                topic=topic,
                messages=(Message(number=1, author=author, text=text, sent_at=now - timedelta(hours=hours)),),
            )
            for name, topic, author, text, hours in rows
        )
    )
