"""Notices as messages to a Slack-compatible incoming webhook (`{"text": …}` in mrkdwn; Slack, Mattermost and others take it)."""

import msgspec

from conducktor.notices.channel import Channel, Outside, Parcel
from conducktor.notices.channels.webhook import post_json, shown


class SlackChannel(Channel, frozen=True, kw_only=True, tag="slack"):
    """POSTs each notice to `url`, which is a secret by itself."""

    url: str

    @property
    def target(self) -> str:
        return shown(self.url)

    async def send(self, parcel: Parcel, outside: Outside) -> None:
        body = parcel.body
        link = f"\n<{body.link}|Open in Conducktor>" if body.link else ""
        text = f"*{_inert(body.title)}*\n{_inert(body.text)}{link}\n_{_inert(parcel.workspace_name)}_"
        await post_json(self.url, msgspec.json.encode({"text": text}), {"Conducktor-Delivery": str(parcel.id)}, outside)


def _inert(text: str) -> str:
    """Names that people and services chose must not become links or mentions (`<!channel>`)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
