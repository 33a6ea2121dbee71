import { expect, test } from "vitest";

import { policiesOf, saidBy } from "./policies";

const noted = (more: object) => policiesOf({ policies: [{ id: "p1", name: "Limit", version: 2, ...more }] })[0]!;

test.each([
  [{ verdict: "passed" }, "let it pass"],
  [{ verdict: "asked" }, "wanted approval"],
  [{ verdict: "denied", mode: "enforce" }, "refused it"],
  [{ verdict: "denied", mode: "monitor" }, "would have refused it"],
  [{}, undefined],
])("a policy that noted %o %s", (more, words) => {
  expect(saidBy(noted(more))).toBe(words);
});

test("what is not a policy is left out", () => {
  expect(policiesOf({ policies: ["x", null, { name: "only a name" }] })).toEqual([]);
  expect(policiesOf(null)).toEqual([]);
});
