"""Error -32042 of a service, for clients that can not be asked to open links: they get them as text."""

from conducktor.connections.mcp_reply import RpcError
from conducktor.edges.mcp_errors import META_KEY
from conducktor.edges.mcp_protocol import REFUSED, Era, Message, ProtocolError, encode
from conducktor.edges.mcp_sign_in import URL_ELICITATION_SINCE, can_open_links
from conducktor.gateway.links import links_in


def in_words(message: Message, error: RpcError, abilities: bytes) -> bytes | None:
    """A result that says which links to open; None where the error itself is what the client understands, or has no links.

    Only 2025-11-25 has the error; those before do not know it, and after it is a question or nothing. Raises ProtocolError
    for methods without `isError` results.
    """
    if message.era is Era.LEGACY and message.version >= URL_ELICITATION_SINCE and can_open_links(abilities):
        return None
    links = links_in(error)
    if not links:
        return None
    told = " ".join(f"{link.message} Open this link: {link.url}" for link in links)
    text = f"{told} Then call again."
    if message.method != "tools/call":
        raise ProtocolError(REFUSED, text)
    refusal = {"code": "links_needed", "reason": error.message, "links": [link.url for link in links]}
    return encode({"content": [{"type": "text", "text": text}], "isError": True, "_meta": {META_KEY: refusal}})
