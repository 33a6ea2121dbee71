import { expect, test } from "vitest";

import type { WhatView, WhoView } from "@/api/generated/schema";

import { type Said, sentenceOf } from "./words";

const EVERYBODY: WhoView = { roles: [], groups: [], people: [], clients: [] };
const EVERYTHING: WhatView = { connections: [], tools: [], classes: [] };
const NAMES: Record<string, string> = { g1: "Finance", p1: "Workspace owner" };

test.each<[string, Partial<Said>, string]>([
  [
    "the guide's approval",
    {
      kind: "require_approval",
      what: { ...EVERYTHING, tools: ["linear-prod_create_issue*"] },
      settings: { approvers: { roles: ["admin"], count: 1 } },
    },
    "linear-prod_create_issue*: an admin must approve.",
  ],
  [
    "the guide's budget",
    { kind: "budget_limit", settings: { amount_usd: 100, period: "month", share: "together" } },
    "Every call: at most $100 a month, all together.",
  ],
  [
    "the guide's contractors",
    { kind: "allow_only", who: { ...EVERYBODY, roles: ["contractor"] }, settings: { classes: ["read"], tools: [] } },
    "Every call by contractors: only read operations are allowed.",
  ],
  [
    "several approvers, and a call that waits",
    {
      kind: "require_approval",
      settings: { approvers: { roles: ["owner"], groups: ["g1"], people: ["p1"], count: 2 }, wait_s: 30 },
    },
    "Every call: 2 of owners, Finance or Workspace owner must approve; the call waits up to 30 s for it.",
  ],
  [
    "who and what together",
    {
      kind: "deny",
      who: { roles: ["member"], groups: [{ id: "g1", name: "Finance" }], people: [], clients: ["chatgpt-mcp-client"] },
      what: { connections: ["linear-prod"], tools: ["*_delete_*"], classes: ["write", "destructive"] },
      condition: "true",
      settings: { message: "Ask the platform team." },
    },
    "Write or destructive operations of linear-prod among *_delete_* by members and Finance through ChatGPT where the condition holds: refused: “Ask the platform team”.",
  ],
  [
    "a rate",
    { kind: "rate_limit", settings: { calls: 1, per: "hour", share: "person" } },
    "Every call: at most 1 call an hour, each person.",
  ],
  [
    "what is hidden",
    { kind: "redact", settings: { what: ["secrets", "cards"], in_arguments: true, in_results: false } },
    "Every call: secrets and card numbers are hidden in arguments.",
  ],
  [
    "outside content",
    { kind: "untrusted_flow", settings: { brings_in: ["web_*"], sends_out: ["slack_post"], approvers: { roles: [] } } },
    "Every call: after web_* brought outside content in, somebody who may decide approvals must approve slack_post.",
  ],
  ["a kind nobody knows here", { kind: "later", settings: { depth: 3 } }, "Every call: depth 3."],
])("%s in one sentence", (_, policy, sentence) => {
  const said: Said = { kind: "deny", who: EVERYBODY, what: EVERYTHING, condition: null, settings: {}, ...policy };

  expect(sentenceOf(said, (id) => NAMES[id] ?? id)).toBe(sentence);
});
