import type { AuditFacets, Outcome, PolicyView } from "@/api/generated/schema";
import type { Filter } from "@/components/ui/FilterChips";

import { type AuditSearch, UNSUCCESSFUL } from "./auditSearch";
import { deedOf, OWN_TOOLS } from "./deeds";

/** The words of the outcome filter, as the badges have them, and in the order in which somebody looks for trouble. */
const OUTCOMES: readonly { value: Outcome | typeof UNSUCCESSFUL; label: string }[] = [
  { value: "ok", label: "OK" },
  { value: "denied", label: "Denied" },
  { value: UNSUCCESSFUL, label: "Failed in any way" },
  { value: "tool_error", label: "Tool error" },
  { value: "upstream_error", label: "Service error" },
  { value: "failed", label: "Failed" },
  { value: "pending_approval", label: "Waits for approval" },
  { value: "cancelled", label: "Cancelled" },
  { value: "unknown", label: "Unknown" },
];

const KINDS = [
  { value: "call", label: "Calls" },
  { value: "operation", label: "Changes" },
] as const;

/** What occurred lately, as choices. A conversation is not chosen from a list: it has a chip only when the address names one. */
export function filtersOf(
  facets: AuditFacets | undefined,
  policies: readonly PolicyView[],
  { conversation, policy }: AuditSearch,
): Filter<keyof AuditSearch>[] {
  const people = facets?.people ?? [];
  return [
    { key: "person", label: "Person", choices: people.map(({ id, name }) => ({ value: id, label: name })) },
    { key: "connection", label: "Connection", choices: (facets?.connections ?? []).map(connectionChoice) },
    { key: "tool", label: "Tool", choices: toolChoices(facets?.tools ?? []) },
    { key: "outcome", label: "Outcome", choices: OUTCOMES },
    { key: "kind", label: "Kind", choices: KINDS },
    ...(policies.length === 0 && policy === undefined
      ? []
      : [{ key: "policy" as const, label: "Policy", choices: policyChoices(policies, policy) }]),
    ...(conversation === undefined
      ? []
      : [
          {
            key: "conversation" as const,
            label: "Conversation",
            choices: [{ value: conversation, label: shortened(conversation) }],
          },
        ]),
  ];
}

/** The policies of today, and the one of the address, which may be gone. */
function policyChoices(policies: readonly PolicyView[], chosen: string | undefined) {
  const choices = policies.map(({ id, name }) => ({ value: id, label: name }));
  const isGone = chosen !== undefined && !choices.some(({ value }) => value === chosen);
  return isGone ? [...choices, { value: chosen, label: "one that is gone" }] : choices;
}

const SHOWN = 16;

function shortened(id: string): string {
  return id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : id;
}

/** Tools by name, then changes in words. */
function toolChoices(tools: readonly string[]) {
  const choices = tools.map((tool) => ({ value: tool, label: deedOf(tool) }));
  const isDeed = ({ value, label }: { value: string; label: string }) => Number(value !== label);
  return choices.toSorted((a, b) => isDeed(a) - isDeed(b) || a.label.localeCompare(b.label));
}

function connectionChoice(name: string) {
  return { value: name, label: name === OWN_TOOLS ? "Conducktor’s own tools" : name };
}
