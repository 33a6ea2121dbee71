"""Policies as people and agents see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.ids import GroupId, UserId
from conducktor.core.tool_call import OperationClass
from conducktor.policies.definition import AppliesTo, Definition, Mode
from conducktor.policies.kinds import BY_NAME
from conducktor.policies.queries import StoredPolicy, StoredVersion

GONE = "(no longer here)"


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a group."""

    id: UUID
    name: str


class WhoView(msgspec.Struct, frozen=True, kw_only=True):
    """Whose calls. All empty: everybody's."""

    roles: list[str]
    groups: list[Named]
    people: list[Named]
    clients: list[str]


class WhatView(msgspec.Struct, frozen=True, kw_only=True):
    """Which tools. All empty: every call."""

    connections: list[str]
    tools: list[str]
    classes: list[OperationClass]


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """One policy. `settings` are its kind's; `approvers` gives names to the people and groups in them, where it asks people.

    `problem` says why it cannot be read: as long as it is on, no call is let through.
    """

    id: UUID
    applies_to: AppliesTo
    name: str
    kind: str
    kind_title: str
    settings: dict[str, Any]
    approvers: list[Named]
    who: WhoView
    what: WhatView
    condition: str | None
    mode: Mode
    is_enabled: bool
    position: int
    version: int
    updated_at: datetime
    can_change: bool
    problem: str | None


class PolicyList(msgspec.Struct, frozen=True, kw_only=True):
    """In the order in which they judge: those of the whole organization first."""

    policies: list[PolicyView]


class PolicyVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy said in one version."""

    version: int
    changed_by: str
    changed_at: datetime
    name: str
    kind: str
    settings: dict[str, Any]
    who: WhoView
    what: WhatView
    condition: str | None
    mode: Mode
    is_enabled: bool


class PolicyHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    versions: list[PolicyVersionView]


class KindExample(msgspec.Struct, frozen=True, kw_only=True):
    """`says` is what the policy with these settings does to the call of `tool`."""

    says: str
    settings: dict[str, Any]
    tool: str
    arguments: dict[str, Any]


class KindView(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of policy. `schema` is the JSON Schema of its settings, from which its form is drawn."""

    kind: str
    title: str
    help: str
    schema: dict[str, Any]
    examples: list[KindExample]


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the ids in policies are called."""

    people: Mapping[UserId, str]
    groups: Mapping[GroupId, str]


def policy_view(actor: Actor, stored: StoredPolicy, names: Names) -> PolicyView:
    kind = str(stored.rule.get("kind", ""))
    known = BY_NAME.get(kind)
    return PolicyView(
        id=stored.id,
        applies_to=stored.scope,
        name=stored.name,
        kind=kind,
        kind_title=known.title if known else kind,
        settings=_settings(stored.rule),
        approvers=_approvers(stored.rule, names),
        who=_who(stored.who, names),
        what=_what(stored.what),
        condition=stored.condition,
        mode=Mode(stored.mode),
        is_enabled=stored.is_enabled,
        position=stored.position,
        version=stored.version,
        updated_at=stored.updated_at,
        can_change=actor.may(Permission.POLICIES_WRITE)
        and (stored.scope is AppliesTo.WORKSPACE or actor.may(Permission.WORKSPACE_OWN)),
        problem=_problem(stored),
    )


def version_view(stored: StoredVersion, names: Names) -> PolicyVersionView:
    told: dict[str, Any] = dict(stored.definition)
    return PolicyVersionView(
        version=stored.version,
        changed_by=stored.changed_by_name,
        changed_at=stored.changed_at,
        name=told["name"],
        kind=told["rule"]["kind"],
        settings=_settings(told["rule"]),
        who=_who(told["who"], names),
        what=_what(told["what"]),
        condition=told["condition"],
        mode=Mode(told["mode"]),
        is_enabled=told["is_enabled"],
    )


def kind_views() -> list[KindView]:
    return [
        KindView(
            kind=name,
            title=kind.title,
            help=" ".join((kind.__doc__ or "").split()),
            schema=settings_schema(name),
            examples=[
                KindExample(
                    says=example.says,
                    settings=_settings(msgspec.to_builtins(example.policy)),
                    tool=example.case.call.full_name,
                    arguments=example.case.arguments,
                )
                for example in kind.examples
            ],
        )
        for name, kind in BY_NAME.items()
    ]


def settings_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind's settings, without references and without the tag."""
    (root,), components = msgspec.json.schema_components([BY_NAME[kind]], ref_template="{name}")
    schema = _inlined(components[root["$ref"]], components)
    properties = {name: told for name, told in schema["properties"].items() if name != "kind"}
    required = [name for name in schema.get("required", ()) if name != "kind"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _inlined(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {**_inlined(components[schema["$ref"]], components), **{k: v for k, v in schema.items() if k != "$ref"}}
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return {**_inlined(schema["allOf"][0], components), **{k: v for k, v in schema.items() if k != "allOf"}}
    return {name: _inlined(value, components) for name, value in schema.items()}


def _settings(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "kind"}


def _who(who: Mapping[str, Any], names: Names) -> WhoView:
    return WhoView(
        roles=list(who.get("roles", ())),
        groups=_named(who.get("groups", ()), names.groups),
        people=_named(who.get("people", ()), names.people),
        clients=list(who.get("clients", ())),
    )


def _what(what: Mapping[str, Any]) -> WhatView:
    return WhatView(
        connections=list(what.get("connections", ())),
        tools=list(what.get("tools", ())),
        classes=[OperationClass(c) for c in what.get("classes", ())],
    )


def _approvers(rule: Mapping[str, Any], names: Names) -> list[Named]:
    approvers = rule.get("approvers") or {}
    return _named(approvers.get("groups", ()), names.groups) + _named(approvers.get("people", ()), names.people)


def _named(ids: Any, names: Mapping[Any, str]) -> list[Named]:
    return [Named(id=known, name=names.get(known, GONE)) for known in (UUID(str(i)) for i in ids)]


def _problem(stored: StoredPolicy) -> str | None:
    try:
        msgspec.convert(stored.definition(), Definition)
    except msgspec.ValidationError as error:
        return str(error)
    return None
