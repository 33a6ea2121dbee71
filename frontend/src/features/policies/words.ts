import type { Mode, PolicyView, WhatView, WhoView } from "@/api/generated/schema";

import { allOf, oneOf } from "./lists";
import { type Settings, settingsOf } from "./settings";
import { ruleOf } from "./ruleWords";

/** How a policy is applied, as people choose it: off, or on in one of two modes. */
export type Application = Mode | "off";

export interface ApplicationWords {
  value: Application;
  label: string;
  means: string;
}

export const APPLICATIONS: readonly ApplicationWords[] = [
  { value: "enforce", label: "Enforced", means: "It decides about every call that it is about." },
  { value: "monitor", label: "Monitor", means: "It is recorded what it would do, and nothing is held up." },
  { value: "off", label: "Off", means: "It is kept, and neither asked nor recorded." },
];

export function applicationOf({ mode, is_enabled: isOn }: Pick<PolicyView, "mode" | "is_enabled">): Application {
  return isOn ? mode : "off";
}

/** What is changed to apply it in that way. The mode of a policy that is off stays for when it is switched on again. */
export function changeToApply(application: Application): { mode?: Mode; is_enabled: boolean } {
  return application === "off" ? { is_enabled: false } : { mode: application, is_enabled: true };
}

/** Everything that a sentence about a policy needs. */
export type Said = Pick<PolicyView, "kind" | "who" | "what" | "condition"> & { settings: Readonly<Record<string, unknown>> };

/** What ids in settings are called. */
export type NameOf = (id: string) => string;

/** One sentence: `linear-prod_create_issue* by contractors: an admin must approve.` */
export function sentenceOf(policy: Said, nameOf: NameOf): string {
  const who = whoOf(policy.who);
  const subject = [
    begun(whatOf(policy.what)),
    who === EVERYBODY ? undefined : `by ${who}`,
    policy.condition && "where the condition holds",
  ];
  return `${subject.filter(Boolean).join(" ")}: ${thenOf(policy, nameOf)}.`;
}

/** What happens to the calls, without a full stop. A kind that these pages do not know yet is told by its settings. */
export function thenOf({ kind, settings }: Pick<Said, "kind" | "settings">, nameOf: NameOf): string {
  return ruleOf(kind, settingsOf(settings), nameOf) ?? plainly(settingsOf(settings));
}

export const EVERYBODY = "everybody";

const ROLES: Record<string, string> = { owner: "owners", admin: "admins", member: "members", contractor: "contractors" };

const CLIENTS: Record<string, string> = { "chatgpt-mcp-client": "ChatGPT" };

export function clientOf(id: string): string {
  return CLIENTS[id] ?? id;
}

export function whoOf({ roles, groups, people, clients }: WhoView): string {
  const named = [...roles.map((role) => ROLES[role] ?? role), ...groups.map(nameOf), ...people.map(nameOf)];
  const who = named.length === 0 ? EVERYBODY : allOf(named);
  return clients.length === 0 ? who : `${who} through ${oneOf(clients.map(clientOf))}`;
}

export const EVERY_CALL = "every call";

/** `destructive operations of linear-prod among *_delete_*`. */
export function whatOf({ connections, tools, classes }: WhatView): string {
  const where = connections.length === 0 ? "" : ` of ${oneOf(connections.map(connectionOf))}`;
  if (classes.length === 0 && tools.length === 0) return where === "" ? EVERY_CALL : `every tool${where}`;
  if (classes.length === 0) return `${oneOf(tools)}${where}`;
  return `${oneOf(classes)} operations${where}${tools.length === 0 ? "" : ` among ${oneOf(tools)}`}`;
}

export const OWN_TOOLS = "conducktr";

export function connectionOf(name: string): string {
  return name === OWN_TOOLS ? "Conducktor itself" : name;
}

function nameOf({ name }: { name: string }): string {
  return name;
}

function plainly(settings: Settings): string {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return words.length === 0 ? "as its kind says" : words.join(", ");
}

/** As a sentence begins; the names of tools stay as they are spelled. */
export function begun(text: string): string {
  return /^(every|read|write|destructive)\b/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
