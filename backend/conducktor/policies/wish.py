"""What somebody asks a policy to be, in plain words: people by e-mail address or id, groups by name or id."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from conducktor.core.errors import Invalid
from conducktor.core.tool_call import OperationClass
from conducktor.policies.condition import condition
from conducktor.policies.definition import Definition, Mode
from conducktor.policies.kinds import BY_NAME, Rule
from conducktor.policies.selection import What, Who

NAME_MAX = 120
APPROVERS_MAX = 20


class WhoWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose calls; leave all empty for everybody."""

    roles: Annotated[tuple[str, ...], Meta(description="owner, admin, member, contractor.")] = ()
    groups: Annotated[tuple[str, ...], Meta(description="Names or ids of groups.")] = ()
    people: Annotated[tuple[str, ...], Meta(description="E-mail addresses or ids of members.")] = ()
    clients: Annotated[tuple[str, ...], Meta(description="OAuth client ids, for example chatgpt-mcp-client.")] = ()


class WhatWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tools; leave all empty for every call."""

    connections: Annotated[
        tuple[str, ...], Meta(description="Names of connections; conducktr means Conducktor's own tools.")
    ] = ()
    tools: Annotated[
        tuple[str, ...], Meta(description="Full tool names such as linear-prod_create_issue; * and ? are wildcards.")
    ] = ()
    classes: Annotated[tuple[OperationClass, ...], Meta(description="Operation classes.")] = ()


class ApproversWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may approve, by any of their names, and how many of them must agree."""

    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    count: Annotated[int, Meta(ge=1, le=APPROVERS_MAX)] = 1


class PolicyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A whole policy that is not saved (yet)."""

    name: str
    kind: str
    settings: dict[str, Any] = {}
    who: WhoWish | None = None
    what: WhatWish | None = None
    condition: str | None = None
    mode: Mode = Mode.ENFORCE
    is_enabled: bool = True


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is given replaces what was; an empty condition removes it."""

    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    who: WhoWish | UnsetType = UNSET
    what: WhatWish | UnsetType = UNSET
    condition: str | UnsetType | None = UNSET
    mode: Mode | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace's people and groups under everything they may be called by (lower case)."""

    people: dict[str, UUID]
    groups: dict[str, UUID]
    roles: frozenset[str]


def wished(draft: PolicyDraft, directory: Directory) -> Definition:
    """Raises Invalid, with the reason under the field's name."""
    told = {
        "name": _name(draft.name),
        "who": who_of(draft.who or WhoWish(), directory),
        "what": what_of(draft.what or WhatWish()),
        "rule": rule_of(draft.kind, draft.settings, directory),
        "condition": _checked_condition(draft.condition),
        "mode": draft.mode,
        "is_enabled": draft.is_enabled,
    }
    return Definition(**told)  # type: ignore[arg-type]


def changed(old: dict[str, Any], change: PolicyChange, directory: Directory) -> Definition:
    """`old` is the stored definition, readable or not. Raises Invalid, with the reason under the field's name."""
    told = dict(old)
    if change.name is not UNSET:
        told["name"] = _name(change.name)
    if change.kind is not UNSET or change.settings is not UNSET:
        kind = old["rule"].get("kind", "") if change.kind is UNSET else change.kind
        same = {} if change.kind is not UNSET and change.kind != old["rule"].get("kind") else _without_kind(old["rule"])
        told["rule"] = rule_of(kind, same if change.settings is UNSET else change.settings, directory)
    if change.who is not UNSET:
        told["who"] = who_of(change.who, directory)
    if change.what is not UNSET:
        told["what"] = what_of(change.what)
    if change.condition is not UNSET:
        told["condition"] = _checked_condition(change.condition)
    told |= {n: v for n in ("mode", "is_enabled") if (v := getattr(change, n)) is not UNSET}
    try:
        return msgspec.convert(msgspec.to_builtins(told), Definition)
    except msgspec.ValidationError as error:
        raise Invalid("This policy cannot be read as it is.", errors={"settings": str(error)}) from None


def who_of(wish: WhoWish, directory: Directory) -> Who:
    told = {
        "roles": [_known(role, directory.roles, "who.roles", "role") for role in wish.roles],
        "groups": [_id(group, directory.groups, "who.groups", "group") for group in wish.groups],
        "people": [_id(person, directory.people, "who.people", "member") for person in wish.people],
        "clients": wish.clients,
    }
    who: Who = _converted(told, Who, "who")
    return who


def what_of(wish: WhatWish) -> What:
    what: What = _converted(msgspec.structs.asdict(wish), What, "what")
    return what


def rule_of(kind: str, settings: dict[str, Any], directory: Directory) -> Rule:
    if kind not in BY_NAME:
        raise Invalid(f"There is no kind of policy called “{kind}”.", errors={"kind": f"One of {', '.join(BY_NAME)}."})
    told = {**settings, "kind": kind}
    if "approvers" in told:
        told["approvers"] = _approvers(told["approvers"], directory)
    rule: Rule = _converted(told, Rule, "settings")
    return rule


def _approvers(wish: object, directory: Directory) -> dict[str, Any]:
    field = "settings.approvers"
    told: ApproversWish = _converted(wish, ApproversWish, field)
    return {
        "roles": [_known(role, directory.roles, f"{field}.roles", "role") for role in told.roles],
        "groups": [_id(group, directory.groups, f"{field}.groups", "group") for group in told.groups],
        "people": [_id(person, directory.people, f"{field}.people", "member") for person in told.people],
        "count": told.count,
    }


def _converted(told: object, shape: Any, field: str) -> Any:
    try:
        return msgspec.convert(told, shape, strict=False)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        where = field + path.rstrip("`").removesuffix("`")
        raise Invalid(f"The policy is not valid: {message}", errors={where: message}) from None


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Invalid("The policy needs a name.", errors={"name": f"Between 1 and {NAME_MAX} printable characters."})
    return name


def _checked_condition(told: str | None) -> str | None:
    told = (told or "").strip()
    if not told:
        return None
    try:
        condition(told)
    except ValueError as error:
        raise Invalid(f"The condition is not valid: {error}", errors={"condition": str(error)}) from None
    return told


def _id(told: str, known: dict[str, UUID], field: str, noun: str) -> UUID:
    found = known.get(str(told).strip().lower())
    if found is None:
        raise Invalid(f"There is no {noun} “{str(told)[:80]}” in this workspace.", errors={field: f"No such {noun}."})
    return found


def _known(told: str, known: frozenset[str], field: str, noun: str) -> str:
    if told not in known:
        raise Invalid(f"There is no {noun} “{told[:80]}”.", errors={field: f"One of {', '.join(sorted(known))}."})
    return told


def _without_kind(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "kind"}
