import { expect, test } from "vitest";

import { periodOf, todayIn } from "./period";

test.each([
  ["today", { first: "2026-03-01", last: "2026-03-01" }],
  ["7d", { first: "2026-02-23", last: "2026-03-01" }],
  ["month", { first: "2026-03-01", last: "2026-03-01" }],
  ["last-month", { first: "2026-02-01", last: "2026-02-28" }],
  ["2026-01-05/2026-01-09", { first: "2026-01-05", last: "2026-01-09" }],
  [undefined, undefined],
  ["nonsense", undefined],
])("%s on the first of March", (time, days) => {
  expect(periodOf(time, "2026-03-01")).toEqual(days);
});

test("the day is the workspace's, not the reader's", () => {
  const moment = new Date("2026-11-18T23:30:00Z");
  expect(todayIn("UTC", moment)).toBe("2026-11-18");
  expect(todayIn("Asia/Tokyo", moment)).toBe("2026-11-19");
});
