import type {
  AppliesTo,
  KindView,
  Mode,
  OperationClass,
  PolicyDraft,
  PolicyView,
  TemplateView,
  WhatWish,
  WhoWish,
} from "@/api/generated/schema";

import { defaultsOf, fieldsOf } from "./schemaFields";
import { type Settings, settingsOf, textOf } from "./settings";

/** A policy as it is typed. */
export interface Draft {
  name: string;
  kind: string;
  settings: Settings;
  roles: string[];
  groups: string[];
  people: string[];
  clients: string[];
  connections: string[];
  tools: string[];
  classes: OperationClass[];
  condition: string;
  mode: Mode;
  is_enabled: boolean;
  applies_to: AppliesTo;
}

export function emptyDraft(kind: KindView): Draft {
  return {
    name: "",
    kind: kind.kind,
    settings: defaultsOf(kind.schema),
    roles: [],
    groups: [],
    people: [],
    clients: [],
    connections: [],
    tools: [],
    classes: [],
    condition: "",
    mode: "enforce",
    is_enabled: true,
    applies_to: "workspace",
  };
}

/** A template's settings over its kind's defaults: templates say only what is special about them. */
export function draftOfTemplate({ definition }: TemplateView, kind: KindView): Draft {
  const { name, settings, who, what, condition, mode } = definition;
  return {
    ...emptyDraft(kind),
    name,
    settings: { ...defaultsOf(kind.schema), ...settingsOf(settings) },
    ...(who && { roles: [...who.roles], groups: [...who.groups], people: [...who.people], clients: [...who.clients] }),
    ...(what && { connections: [...what.connections], tools: [...what.tools], classes: [...what.classes] }),
    condition: condition ?? "",
    mode: mode ?? "enforce",
  };
}

export function draftOf(policy: PolicyView): Draft {
  const { name, kind, settings, who, what, condition, mode, is_enabled: isOn, applies_to: appliesTo } = policy;
  return {
    name,
    kind,
    settings: settingsOf(settings),
    roles: [...who.roles],
    groups: who.groups.map(({ id }) => id),
    people: who.people.map(({ id }) => id),
    clients: [...who.clients],
    connections: [...what.connections],
    tools: [...what.tools],
    classes: [...what.classes],
    condition: condition ?? "",
    mode,
    is_enabled: isOn,
    applies_to: appliesTo,
  };
}

/** Another kind keeps who, what and when, and those settings that both kinds have under the same name. */
export function withKind(draft: Draft, kind: KindView): Draft {
  const shared = fieldsOf(kind.schema).map(({ name }) => name);
  const kept = Object.fromEntries(Object.entries(draft.settings).filter(([name]) => shared.includes(name)));
  return { ...draft, kind: kind.kind, settings: { ...defaultsOf(kind.schema), ...kept } };
}

/** A whole policy, with nothing left to the server's defaults. */
export type Wish = PolicyDraft & { who: WhoWish; what: WhatWish; settings: Record<string, unknown> };

/** What is asked of the server. */
export function wishOf({ name, kind, settings, condition, mode, is_enabled: isOn, ...scope }: Draft): Wish {
  const { roles, groups, people, clients, connections, tools, classes } = scope;
  return {
    name: name.trim(),
    kind,
    settings,
    who: { roles, groups, people, clients },
    what: { connections, tools, classes },
    condition: condition.trim() || null,
    mode,
    is_enabled: isOn,
  };
}

/** What is still missing, by field. What is wrong with what is there, the server knows better. */
export function missingIn(draft: Draft, kind: KindView | undefined): Record<string, string> {
  const missing: Record<string, string> = {};
  if (draft.name.trim() === "") missing.name = "Give it a name: denials and approvals mention it.";
  for (const { name, label, isRequired, type } of fieldsOf(kind?.schema)) {
    const value = draft.settings[name];
    const isEmpty =
      value === undefined ||
      (typeof value === "string" && textOf(value).trim() === "") ||
      (Array.isArray(value) && value.length === 0);
    if (isRequired && isEmpty)
      missing[`settings.${name}`] =
        type === "patterns" ? `Name at least one: ${label.toLowerCase()}.` : `Please fill in: ${label}.`;
  }
  return missing;
}

/** What the server says about a field, or about anything within it: `settings.tools[...]` is said at the tools. */
export function errorAt(errors: Readonly<Record<string, string>>, field: string): string | undefined {
  const within = Object.keys(errors).find((key) => key === field || key.startsWith(`${field}.`) || key.startsWith(`${field}[`));
  return within === undefined ? undefined : errors[within];
}
