import { expect, test } from "vitest";

import { attemptsOf } from "./attempts";

test("attempts are told only when there were several", () => {
  expect(attemptsOf(null)).toBeUndefined();
  expect(attemptsOf({ earlier_attempts: [] })).toBeUndefined();
  expect(attemptsOf({ earlier_attempts: ["disconnected", "timed_out"] })).toBe(
    "3, after 2 that failed (disconnected, timed out)",
  );
});
