"""What becomes of a connection's tools, resources and prompts when its upstream was asked. Pure: answers in, rows out."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from conducktor.connections import pinning
from conducktor.connections.assessment import AssessedTool
from conducktor.connections.connection import Connection
from conducktor.connections.judgement import mentions
from conducktor.connections.mcp_client import ServerFacts
from conducktor.connections.pinned_tool import Offer, PinnedTool
from conducktor.connections.states import OfferKind, ToolState
from conducktor.connections.tool_names import full_names
from conducktor.core.ids import ToolId, new_id

KEY_LIMIT = 2_000
"""Characters of a resource's URI or a prompt's name."""

OffersByKind = dict[OfferKind, tuple[Offer, ...]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What an upstream answered. `tools` is None when it was not asked for them; kinds missing in `offers` stay as they are."""

    facts: ServerFacts
    tools: tuple[AssessedTool, ...] | None
    offers: Mapping[OfferKind, tuple[msgspec.Raw, ...]]
    notes: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is different now, as full names of tools."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    offers_changed: bool = False

    @property
    def is_news(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.quarantined or self.rejected or self.offers_changed)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Rows to store, what they amount to, and notes for people."""

    tools: tuple[PinnedTool, ...]
    offers: OffersByKind
    report: Report
    notes: tuple[str, ...]


def settle(
    connection: Connection, found: Found, kept: tuple[PinnedTool, ...], now: datetime, elsewhere: frozenset[str] = frozenset()
) -> Settled:
    """Compare what is offered with what was kept. One entry that cannot be read never costs the others.

    `elsewhere` are the names of other connections' tools, of which a new or changed one must not speak.
    """
    if found.tools is None:
        return Settled(tools=(), offers={}, report=Report(), notes=found.notes)
    notes: list[str] = []
    offered = {tool.offered.name: tool for tool in found.tools}
    known = {tool.name: tool for tool in kept}
    full = full_names(connection.name, offered.keys(), {tool.name: tool.full_name for tool in kept})
    foreign = frozenset(name for name in elsewhere - offered.keys() if _is_unmistakable(name))
    suspected = {name: _suspected(tool, known.get(name), foreign) for name, tool in offered.items()}
    tools = [_settled(connection, tool, known.get(name), full[name], now) for name, tool in suspected.items()]
    tools += [_gone(tool) for tool in kept if tool.name not in offered and tool.state is not ToolState.GONE]
    offers = {kind: _offers(connection, kind, entries, notes) for kind, entries in found.offers.items()}
    return Settled(tools=tuple(tools), offers=offers, report=_report(known, tools), notes=(*found.notes, *notes))


def _settled(connection: Connection, tool: AssessedTool, before: PinnedTool | None, full_name: str, now: datetime) -> PinnedTool:
    pinned, pinned_hash = (before.pinned, before.pinned_hash) if before else (None, None)
    entry = tool.offered
    verdict = pinning.judge(tool, pinned_hash)
    if verdict.pins:
        pinned, pinned_hash = entry.raw, entry.fingerprint
    return PinnedTool(
        id=before.id if before else ToolId(new_id()),
        connection_id=connection.id,
        name=entry.name,
        full_name=full_name,
        definition=entry.raw,
        definition_hash=entry.fingerprint,
        pinned=pinned,
        pinned_hash=pinned_hash,
        state=verdict.state,
        state_reason=verdict.reason,
        class_override=before.class_override if before else None,
        title_here=before.title_here if before else None,
        description_here=before.description_here if before else None,
        first_seen_at=before.first_seen_at if before else now,
        last_seen_at=now,
    )


def _is_unmistakable(name: str) -> bool:
    """Whether it is not just a word that a description may hold: `create_issue`, `createIssue`, not `delete`."""
    return "_" in name or "-" in name or any(character.isupper() for character in name[1:])


def _suspected(tool: AssessedTool, before: PinnedTool | None, foreign: frozenset[str]) -> AssessedTool:
    if tool.unusable or (before is not None and before.pinned_hash == tool.offered.fingerprint):
        return tool
    if (named := mentions(tool.offered.definition, foreign)) is None:
        return tool
    reason = f"It speaks of {named}, a tool of another connection."
    return msgspec.structs.replace(tool, suspicious=f"{tool.suspicious} {reason}" if tool.suspicious else reason)


def _gone(tool: PinnedTool) -> PinnedTool:
    return msgspec.structs.replace(tool, state=ToolState.GONE, state_reason="Its server no longer offers it.")


def _report(known: Mapping[str, PinnedTool], tools: list[PinnedTool]) -> Report:
    by_word: dict[str, list[str]] = {}
    for tool in tools:
        by_word.setdefault(_difference(known.get(tool.name), tool), []).append(tool.full_name)
    return Report(
        added=tuple(by_word.get("added", ())),
        changed=tuple(by_word.get("changed", ())),
        removed=tuple(by_word.get("removed", ())),
        quarantined=tuple(by_word.get("quarantined", ())),
        rejected=tuple(by_word.get("rejected", ())),
    )


def _difference(before: PinnedTool | None, after: PinnedTool) -> str:
    """The word for what happened to a tool."""
    if before is not None and before.state is after.state and before.definition_hash == after.definition_hash:
        return "same"
    match after.state:
        case ToolState.ACTIVE:
            return "changed" if before is not None and before.state is not ToolState.GONE else "added"
        case ToolState.GONE:
            return "removed"
        case state:
            return state.value


class _Key(msgspec.Struct):
    uri: str | None = None
    uri_template: str | None = msgspec.field(name="uriTemplate", default=None)
    name: str | None = None


def _offers(connection: Connection, kind: OfferKind, entries: tuple[msgspec.Raw, ...], notes: list[str]) -> tuple[Offer, ...]:
    offers: dict[str, Offer] = {}
    for raw in entries:
        key = _key(kind, raw)
        if key is not None and key not in offers:
            offers[key] = Offer(connection_id=connection.id, kind=kind, key=key, definition=bytes(raw))
    if left_out := len(entries) - len(offers):
        notes.append(f"{left_out} of its {kind.value.replace('_', ' ')}s could not be read or came twice, and are left out.")
    return tuple(offers.values())


def _key(kind: OfferKind, raw: msgspec.Raw) -> str | None:
    try:
        found = msgspec.json.decode(raw, type=_Key)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    by_kind = {OfferKind.RESOURCE: found.uri, OfferKind.RESOURCE_TEMPLATE: found.uri_template, OfferKind.PROMPT: found.name}
    key = by_kind[kind]
    return key if key and len(key) <= KEY_LIMIT and "\x00" not in key else None
