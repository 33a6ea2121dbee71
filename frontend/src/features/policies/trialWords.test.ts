import { expect, test } from "vitest";

import type { TrialView } from "@/api/generated/schema";

import { mostAffected, verdictOf } from "./trialWords";

const NONE = { passed: 0, asked: 0, denied: 0 };

function trialOf(changed: Partial<TrialView>): TrialView {
  return {
    since: "2026-11-16T00:00:00Z",
    calls: 340,
    is_capped: false,
    happened: NONE,
    before: { passed: 340, asked: 0, denied: 0 },
    after: { passed: 340, asked: 0, denied: 0 },
    changed: 0,
    reproduced: 340,
    people: [],
    tools: [],
    examples: [],
    arguments_withheld: null,
    ...changed,
  };
}

test.each<[Partial<TrialView>, string]>([
  [{ calls: 0 }, "No calls were made in this time, so there is nothing to try it on."],
  [{}, "None of 340 calls would end differently."],
  [
    { changed: 12, after: { passed: 328, asked: 9, denied: 3 } },
    "12 of 340 calls would end differently: 9 more would need approval, 3 more would be denied, 12 fewer would pass.",
  ],
])("%o reads “%s”", (changed, sentence) => {
  expect(verdictOf(trialOf(changed))).toBe(sentence);
});

test("whoever is affected most stands first, and nobody else beside", () => {
  const line = (name: string, denied: number) => ({
    name,
    before: { ...NONE, passed: 10 },
    after: { ...NONE, passed: 10 - denied, denied },
  });

  expect(mostAffected([line("a", 0), line("b", 2), line("c", 7)]).map(({ name }) => name)).toEqual(["c", "b"]);
  expect(mostAffected([line("a", 0)]).map(({ name }) => name)).toEqual(["a"]);
});
