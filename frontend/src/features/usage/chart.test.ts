import { expect, test } from "vitest";

import type { UsageDay } from "@/api/generated/schema";
import { hueOf } from "@/components/ui/ServiceAvatar";

import { chartOf, roundUp } from "./chart";

const linear = { connection: "linear-prod", label: "Linear", calls: 3, cost_micro_usd: 12_000_000 };
const github = { connection: "github-main", label: "GitHub", calls: 9, cost_micro_usd: 8_000_000 };
const DAYS: UsageDay[] = [
  { day: "2026-11-17", calls: 12, errors: 0, cost_micro_usd: 20_000_000, connections: [github, linear] },
  { day: "2026-11-18", calls: 0, errors: 0, cost_micro_usd: 0, connections: [] },
];

test("bars are stacked in one order, the costliest first, and the parts add up to their day", () => {
  const { bars, legend, top } = chartOf(DAYS, "cost");

  expect(legend.map(({ label, amount }) => [label, amount])).toEqual([
    ["Linear", 12_000_000],
    ["GitHub", 8_000_000],
  ]);
  expect(bars[0]?.parts.map(({ label, height }) => [label, height])).toEqual([
    ["Linear", 60],
    ["GitHub", 40],
  ]);
  expect(top).toBe(20_000_000);
  expect(bars[1]?.parts).toEqual([]);
});

test("by calls another is the largest, in the same colour", () => {
  const [cost, calls] = [chartOf(DAYS, "cost"), chartOf(DAYS, "calls")];
  expect(calls.legend[0]?.label).toBe("GitHub");
  expect(calls.legend[0]?.hue).toBe(cost.legend[1]?.hue);
});

test("connections of the same usual colour are told apart", () => {
  const alike = ["Code host", "Finance reports"].map((label) => ({ connection: label, label, calls: 1, cost_micro_usd: 0 }));
  expect(new Set(alike.map(({ label }) => hueOf(label))).size).toBe(1);

  const { legend } = chartOf([{ day: "2026-11-17", calls: 2, errors: 0, cost_micro_usd: 0, connections: alike }], "calls");

  expect(new Set(legend.map(({ hue }) => hue)).size).toBe(2);
});

test.each([
  [0, "cost", 1],
  [21, "cost", 25],
  [23_450_000, "cost", 25_000_000],
  [3, "calls", 5],
  [120, "calls", 200],
] as const)("%d %s fit below %d", (highest, measure, top) => {
  expect(roundUp(highest, measure)).toBe(top);
});
