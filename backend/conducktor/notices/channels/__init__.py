"""The kinds of channels, one file each."""

from conducktor.notices.channels.email import EmailChannel
from conducktor.notices.channels.slack import SlackChannel
from conducktor.notices.channels.webhook import WebhookChannel

__all__ = ["AnyChannel", "EmailChannel", "SlackChannel", "WebhookChannel"]

AnyChannel = EmailChannel | SlackChannel | WebhookChannel
