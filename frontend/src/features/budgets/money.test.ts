import { expect, test } from "vitest";

import { exactUsd, microUsdOf, plainUsd, usd } from "./money";

test.each([
  [23_450_000, "$23.45"],
  [12_000_000, "$12"],
  [1_250_000_000, "$1,250"],
  [400, "$0.0004"],
  [0, "$0"],
  [-3_450_000, "-$3.45"],
  [12_500, "$0.01"],
])("%d micro-USD reads %s", (amount, words) => {
  expect(usd(amount)).toBe(words);
});

test("a price is shown to its last digit", () => {
  expect(exactUsd(12_500)).toBe("$0.0125");
  expect(exactUsd(1)).toBe("$0.000001");
  expect(exactUsd(100_000)).toBe("$0.10");
  expect(exactUsd(12_000_000)).toBe("$12");
});

test.each([
  ["12.5", 12_500_000],
  ["$1,250", 1_250_000_000],
  [" 0.000001 ", 1],
  ["100.", 100_000_000],
  ["", undefined],
  ["-1", undefined],
  ["1.0000001", undefined],
  ["1,25", undefined],
  ["ten", undefined],
])("%j typed is %s micro-USD", (typed, amount) => {
  expect(microUsdOf(typed)).toBe(amount);
});

test("an amount is typed as it reads", () => {
  expect([12_500_000, 100_000_000, 1, 0].map(plainUsd)).toEqual(["12.5", "100", "0.000001", "0"]);
});
