import type { KindView, PolicyView, WhatView, WhoView } from "@/api/generated/schema";

export const EVERYBODY: WhoView = { roles: [], groups: [], people: [], clients: [] };
export const EVERYTHING: WhatView = { connections: [], tools: [], classes: [] };

/** A policy in force, changed as the test wants it. */
export function policyOf(changed: Partial<PolicyView> = {}): PolicyView {
  return {
    id: "01890000-0000-7000-8000-0000000000c1",
    applies_to: "workspace",
    name: "All Linear issue creations require approval",
    kind: "require_approval",
    kind_title: "Require approval",
    settings: { approvers: { roles: ["admin"], groups: [], people: [], count: 1 }, wait_s: 0, expires_hours: 24, reason: "" },
    approvers: [],
    who: EVERYBODY,
    what: { ...EVERYTHING, tools: ["linear-prod_create_issue*"] },
    condition: null,
    mode: "enforce",
    is_enabled: true,
    position: 1,
    version: 1,
    updated_at: "2026-11-22T10:00:00Z",
    can_change: true,
    problem: null,
    ...changed,
  };
}

const APPROVERS = {
  title: "Approvers",
  type: "object",
  properties: {
    roles: { type: "array", items: { type: "string" }, default: [] },
    groups: { type: "array", items: { type: "string", format: "uuid" }, default: [] },
    people: { type: "array", items: { type: "string", format: "uuid" }, default: [] },
    count: { type: "integer", default: 1 },
  },
  default: { roles: ["admin"], groups: [], people: [], count: 1 },
};

/** Kinds as the server describes them, shortened. */
export const kinds: readonly KindView[] = [
  {
    kind: "require_approval",
    title: "Require approval",
    help: "Ask people before the call is made. The call is kept exactly as it was asked for.",
    schema: {
      type: "object",
      properties: {
        approvers: APPROVERS,
        wait_s: { title: "Wait (seconds)", description: "0: not at all.", type: "integer", minimum: 0, maximum: 40, default: 0 },
        reason: { title: "Reason", type: "string", maxLength: 500, default: "" },
      },
      required: [],
    },
    examples: [],
  },
  {
    kind: "budget_limit",
    title: "Budget limit",
    help: "Limit what calls may cost. A call that would exceed it is blocked.",
    schema: {
      type: "object",
      properties: {
        amount_usd: { title: "Amount (USD)", type: "number", minimum: 0 },
        period: { title: "Period", enum: ["day", "month", "week"], default: "month" },
      },
      required: ["amount_usd"],
    },
    examples: [],
  },
  {
    kind: "redact",
    title: "Redact",
    help: "Hide secrets.",
    schema: {
      type: "object",
      properties: {
        what: {
          title: "What to hide",
          type: "array",
          items: { enum: ["cards", "emails", "secrets"] },
          minItems: 1,
          default: ["cards"],
        },
        in_results: { title: "In results", description: "Hide it in what comes back.", type: "boolean", default: true },
        tools: { title: "Tools", type: "array", items: { type: "string", format: "tool-pattern" }, default: [] },
      },
      required: [],
    },
    examples: [],
  },
];
