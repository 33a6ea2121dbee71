import { expect, test } from "vitest";

import { clockIn, timeZoneChoices } from "./timeZones";

const WINTER = new Date("2026-11-23T13:05:00Z");

test("a zone says how far it is from UTC today", () => {
  const labels = timeZoneChoices(WINTER, "UTC").map(({ label }) => label);

  expect(labels).toContain("Europe/Berlin (UTC+1)");
  expect(labels).toContain("America/New York (UTC-5)");
  expect(labels[0]).toBe("UTC (UTC+0)");
});

test("a zone that this browser lists under another name is kept when it is the current one", () => {
  expect(timeZoneChoices(WINTER, "Etc/GMT+1").some(({ value }) => value === "Etc/GMT+1")).toBe(true);
});

test("the clock there is told with its weekday", () => {
  expect(clockIn("Asia/Tokyo", WINTER)).toContain("22:05");
});
