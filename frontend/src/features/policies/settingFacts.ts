import type { PolicyView } from "@/api/generated/schema";
import type { Json } from "@/components/ui/JsonView";

import { settingsOf, textsOf } from "./settings";
import { type NameOf, thenOf } from "./words";

type Fact = readonly [name: string, value: string];

/** What a kind's settings say, one line each; those that only repeat the default of saying nothing are left out. */
export function settingFacts(policy: Pick<PolicyView, "kind" | "settings">, nameOf: NameOf): Fact[] {
  const settings = settingsOf(policy.settings);
  const facts = Object.entries(settings)
    .filter(([name, value]) => !SAID_ABOVE.has(name) && !isEmpty(value))
    .map(([name, value]): Fact => [LABELS[name] ?? spelledOut(name), valueOf(name, value)]);
  return [["Then", upper(thenOf(policy, nameOf))], ...facts];
}

/** What the sentence of the kind says already. */
const SAID_ABOVE = new Set([
  "approvers",
  "amount_usd",
  "period",
  "share",
  "calls",
  "per",
  "classes",
  "rule",
  "what",
  "in_arguments",
  "in_results",
  "brings_in",
  "sends_out",
  "wait_s",
]);

const LABELS: Record<string, string> = {
  expires_hours: "Time to decide",
  reason: "Reason given to approvers",
  message: "Callers read",
  tools: "Allowed tools",
};

function valueOf(name: string, value: Json | undefined): string {
  if (name === "expires_hours" && typeof value === "number") return value === 1 ? "1 hour" : `${String(value)} hours`;
  if (typeof value === "string") return value;
  const texts = textsOf(value);
  return texts.length > 0 ? texts.join(", ") : JSON.stringify(value);
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === "" || value === null || (Array.isArray(value) && value.length === 0);
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function spelledOut(name: string): string {
  return upper(name.replaceAll("_", " "));
}
