"""The client that everybody types into ChatGPT. Public: PKCE instead of a secret."""

from conducktor.core.ids import ClientId
from conducktor.oauth.clients.client import Client, ClientKind

CHATGPT = Client(
    id=ClientId("chatgpt-mcp-client"),
    kind=ClientKind.STATIC,
    name="ChatGPT",
    # The first is what ChatGPT uses with servers that send `iss` (RFC 9207), as we do; the last is kept for the guide.
    redirect_uris=("https://chatgpt.com/connector_platform_oauth_redirect", "https://chat.openai.com/oauth/callback"),
    redirect_patterns=(r"https://chatgpt\.com/connector/oauth/[A-Za-z0-9_-]{1,200}",),
    homepage="https://chatgpt.com",
)
