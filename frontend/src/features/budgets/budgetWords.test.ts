import { expect, test } from "vitest";

import { budgetOf } from "@/testing/budgets";

import { amountOf, heldPercent, outlookOf, scopeWords } from "./budgetWords";
import { EVERYTHING } from "./scope";

test("what a budget allows and counts reads as a sentence", () => {
  expect(amountOf(budgetOf({ share: "person" }))).toBe("$100 a month for each person");
  expect(scopeWords(EVERYTHING)).toBe("All calls");
  expect(scopeWords({ ...EVERYTHING, connections: ["linear-prod"], roles: ["contractor"], people: ["1"] })).toBe(
    "linear-prod · contractors · 1 person",
  );
});

test("the outlook says when the limit would be reached, on a day of the workspace's zone", () => {
  const late = budgetOf({}, { hits_limit_at: "2026-11-24T23:30:00Z" });
  expect(outlookOf(late, "UTC")).toEqual({ tone: "warn", words: "Would reach the limit on 24 Nov" });
  expect(outlookOf(late, "Europe/Berlin").words).toBe("Would reach the limit on 25 Nov");
});

test("a hard budget that is used up refuses until it begins anew; another only tells", () => {
  expect(outlookOf(budgetOf({}, { percent: 100 }), "UTC").words).toBe("Used up: calls are refused until 1 Dec");
  expect(outlookOf(budgetOf({ is_hard: false }, { percent: 130 }), "UTC")).toEqual({ tone: "bad", words: "Over the limit" });
  expect(outlookOf(budgetOf({ is_enabled: false }, { percent: 130 }), "UTC").tone).toBe("quiet");
});

test("what goes well says what will have been spent", () => {
  expect(outlookOf(budgetOf(), "UTC").words).toBe("About $45 (45 %) by 1 Dec");
});

test("what running calls hold is what is neither spent nor left", () => {
  expect(heldPercent(budgetOf({}, { percent: 23, left_micro_usd: 75_000_000 }))).toBe(2);
  expect(heldPercent(budgetOf({ limit_micro_usd: 0 }))).toBe(0);
});
