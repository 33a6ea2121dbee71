"""Resources and prompts of several upstreams side by side.

Prompts are prefixed as tools are. URIs stay as their server wrote them, because results refer to them; where two servers
offer the same URI, the connection that was made first keeps it, so that a newcomer can not stand in for another's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from conducktor.connections.pinned_tool import Offer
from conducktor.connections.states import OfferKind
from conducktor.connections.tool_names import full_names
from conducktor.connections.toolbox import Connected, Prompt, Resource, ResourceTemplate
from conducktor.core.ids import ConnectionId


class SharedOffers:
    """Built from offers in the order of their connections; the mappings are in listing order."""

    def __init__(self, connections: Mapping[ConnectionId, Connected], offers: tuple[Offer, ...]) -> None:
        self.resources: dict[str, Resource] = {}
        self.plain_resources: dict[tuple[str, str], Resource] = {}
        self.prompts: dict[str, Prompt] = {}
        self.plain_prompts: dict[tuple[str, str], Prompt] = {}
        self._templates: list[ResourceTemplate] = []
        for connection in connections.values():
            own = [offer for offer in offers if offer.connection_id == connection.id]
            self._add_resources(connection, [o for o in own if o.kind is OfferKind.RESOURCE])
            self._add_templates(connection, [o for o in own if o.kind is OfferKind.RESOURCE_TEMPLATE])
            self._add_prompts(connection, [o for o in own if o.kind is OfferKind.PROMPT])

    @property
    def templates(self) -> tuple[ResourceTemplate, ...]:
        return tuple(self._templates)

    def pieces(self) -> Iterator[bytes]:
        """Everything that is listed, for a digest."""
        yield from (r.connection.name.encode() + r.listed for r in self.plain_resources.values())
        yield from (t.connection.name.encode() + t.listed for t in self._templates)
        yield from (p.listed for p in self.plain_prompts.values())

    def _add_resources(self, connection: Connected, offers: list[Offer]) -> None:
        for offer in offers:
            uri = offer.key if offer.key not in self.resources else f"conducktor://{connection.name}/{offer.key}"
            resource = Resource(
                connection=connection,
                uri=uri,
                upstream_uri=offer.key,
                listed=_encoded(offer, "uri", uri),
                listed_plain=offer.definition,
            )
            self.plain_resources[connection.name, offer.key] = resource
            self.resources.setdefault(uri, resource)

    def _add_templates(self, connection: Connected, offers: list[Offer]) -> None:
        self._templates.extend(
            ResourceTemplate(connection=connection, uri_template=offer.key, listed=offer.definition) for offer in offers
        )

    def _add_prompts(self, connection: Connected, offers: list[Offer]) -> None:
        full = full_names(connection.name, [offer.key for offer in offers], {})
        for offer in offers:
            prompt = Prompt(
                connection=connection,
                name=offer.key,
                full_name=full[offer.key],
                listed=_encoded(offer, "name", full[offer.key]),
                listed_plain=offer.definition,
            )
            self.prompts[prompt.full_name] = prompt
            self.plain_prompts[connection.name, offer.key] = prompt


def _encoded(offer: Offer, field: str, value: str) -> bytes:
    """The definition with one field replaced; all others byte for byte."""
    fields: dict[str, Any] = msgspec.json.decode(offer.definition, type=dict[str, msgspec.Raw])
    return msgspec.json.encode(fields | {field: value})
