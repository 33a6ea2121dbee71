import { expect, test } from "vitest";

import { budgetOf } from "@/testing/budgets";

import { bodyOf, draftOf, errorsOf } from "./budgetDraft";

test("a budget that is opened and saved unchanged stays what it was", () => {
  const covers = { connections: ["linear-prod"], tools: ["linear-prod_create_*"], roles: ["contractor"], people: ["1"] };
  const budget = budgetOf({ covers, limit_micro_usd: 12_500_000, share: "person", period: "week", is_hard: false });

  expect(bodyOf(draftOf(budget))).toEqual({
    body: {
      name: "All tools",
      limit_micro_usd: 12_500_000,
      period: "week",
      share: "person",
      is_hard: false,
      is_enabled: true,
      thresholds: [50, 80, 100],
      covers,
    },
  });
});

test("what is missing or makes no sense is said at its field", () => {
  const draft = { ...draftOf(undefined), limit: "ten", thresholds: "50, 120" };
  expect(Object.keys((bodyOf(draft) as { errors: object }).errors)).toEqual(["name", "limit", "thresholds"]);
});

test("patterns are taken from lines, thresholds also with percent signs", () => {
  const draft = { ...draftOf(budgetOf()), tools: " a_*\n\nb_* ", thresholds: "50 %, 80%" };
  expect(bodyOf(draft)).toMatchObject({ body: { covers: { tools: ["a_*", "b_*"] }, thresholds: [50, 80] } });
});

test("the server's words stand at the form's fields", () => {
  expect(errorsOf({ limit_micro_usd: "Too much.", "covers.tools": "Too many." })).toEqual({
    limit: "Too much.",
    tools: "Too many.",
  });
});
