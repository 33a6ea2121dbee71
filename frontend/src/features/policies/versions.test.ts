import { expect, test } from "vitest";

import type { PolicyVersionView } from "@/api/generated/schema";
import { EVERYBODY, EVERYTHING } from "@/testing/policies";

import { differences } from "./versions";

const first: PolicyVersionView = {
  version: 1,
  changed_by: "Workspace owner",
  changed_at: "2026-11-20T10:00:00Z",
  name: "Limit",
  kind: "budget_limit",
  settings: { amount_usd: 50, period: "month", share: "together" },
  who: EVERYBODY,
  what: EVERYTHING,
  condition: null,
  mode: "enforce",
  is_enabled: true,
};

test("a version tells only what it says otherwise", () => {
  const second = {
    ...first,
    version: 2,
    settings: { ...first.settings, amount_usd: 100 },
    who: { ...EVERYBODY, roles: ["contractor"] },
  };

  expect(differences(second, first, String)).toEqual([
    { what: "Who", before: "everybody", after: "contractors" },
    { what: "Then", before: "At most $50 a month, all together", after: "At most $100 a month, all together" },
  ]);
});

test("switching it off and writing a condition are changes like any other", () => {
  const second = { ...first, is_enabled: false, condition: "has(args.amount)" };

  expect(differences(second, first, String)).toEqual([
    { what: "Condition", before: "nothing", after: "has(args.amount)" },
    { what: "Applied", before: "Enforced", after: "Off" },
  ]);
});
