import { expect, test } from "vitest";

import type { HealthPoint } from "@/api/generated/schema";

import { percentOf, spanOf, toneOf, topOf } from "./healthWords";

const QUIET: HealthPoint = {
  at: "2026-11-20T10:00:00Z",
  calls: 0,
  failed_calls: 0,
  probes: 0,
  failed_probes: 0,
  p50_ms: null,
  p95_ms: null,
  down_s: 0,
  sign_in_s: 0,
};

test("a step shows the worst that was in it", () => {
  expect(toneOf(QUIET)).toBe("none");
  expect(toneOf({ ...QUIET, probes: 1 })).toBe("ok");
  expect(toneOf({ ...QUIET, calls: 9, sign_in_s: 1 })).toBe("warn");
  expect(toneOf({ ...QUIET, calls: 9, sign_in_s: 1, down_s: 1 })).toBe("bad");
});

test("the scale holds every bar, and has a round top", () => {
  expect(topOf([QUIET])).toBe(1);
  expect(topOf([QUIET, { ...QUIET, p95_ms: 130 }])).toBe(200);
  expect(topOf([{ ...QUIET, p95_ms: 5_000 }])).toBe(5_000);
  expect(topOf([{ ...QUIET, p95_ms: 7_100 }])).toBe(10_000);
});

test("spans and shares are said in few words", () => {
  expect(spanOf("2026-11-20T10:00:00Z", "2026-11-20T10:00:40Z")).toBe("40 s");
  expect(spanOf("2026-11-20T10:00:00Z", "2026-11-20T15:02:00Z")).toBe("5 h");
  expect(spanOf("2026-11-20T10:00:00Z", "2026-11-23T10:00:00Z")).toBe("3 days");
  expect(percentOf(99.987)).toBe("99.99 %");
  expect(percentOf(100)).toBe("100 %");
});
