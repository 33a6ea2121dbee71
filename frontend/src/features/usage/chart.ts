import type { UsageDay } from "@/api/generated/schema";
import { hueOf, HUES } from "@/components/ui/ServiceAvatar";

export type Measure = "cost" | "calls";

export interface Part {
  connection: string;
  label: string;
  hue: number;
  amount: number;
  /** Percent of the chart's height. */
  height: number;
}

export interface Bar {
  day: string;
  amount: number;
  parts: readonly Part[];
}

export interface Chart {
  bars: readonly Bar[];
  /** What the whole height stands for. */
  top: number;
  /** Each connection with its sum, the largest first; the bars are stacked in this order. */
  legend: readonly Omit<Part, "height">[];
}

/** Days as bars from zero, each stacked by connection in the same order and colour. */
export function chartOf(days: readonly UsageDay[], measure: Measure): Chart {
  const amountOf = (one: { cost_micro_usd: number; calls: number }) => (measure === "cost" ? one.cost_micro_usd : one.calls);
  const hues = huesOf(days);
  const sums = new Map<string, Omit<Part, "height">>();
  for (const { connection, label, ...one } of days.flatMap((day) => day.connections)) {
    const before = sums.get(connection)?.amount ?? 0;
    sums.set(connection, { connection, label, hue: hues.get(connection) ?? 0, amount: before + amountOf(one) });
  }
  const legend = [...sums.values()].filter(({ amount }) => amount > 0).toSorted((a, b) => b.amount - a.amount);
  const top = roundUp(Math.max(0, ...days.map(amountOf)), measure);
  const bars = days.map((day) => ({
    day: day.day,
    amount: amountOf(day),
    parts: legend.flatMap((known) => {
      const here = day.connections.find(({ connection }) => connection === known.connection);
      const amount = here ? amountOf(here) : 0;
      return amount > 0 ? [{ ...known, amount, height: (100 * amount) / top }] : [];
    }),
  }));
  return { bars, top, legend };
}

/** Each connection's usual colour, or the next that is free: parts that touch must differ. The same for costs and calls. */
function huesOf(days: readonly UsageDay[]): ReadonlyMap<string, number> {
  const labels = new Map(days.flatMap(({ connections }) => connections.map(({ connection, label }) => [connection, label])));
  const taken = new Set<number>();
  const hues = new Map<string, number>();
  for (const [connection, label] of [...labels].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    let hue = hueOf(label);
    while (taken.has(hue) && taken.size < HUES) hue = (hue + 1) % HUES;
    taken.add(hue);
    hues.set(connection, hue);
  }
  return hues;
}

/** The next 1, 2, 2.5 or 5 of its power of ten: a height that can be read off. Calls are whole. */
export function roundUp(highest: number, measure: Measure): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const steps = measure === "calls" && power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  return (steps.find((step) => step * power >= highest) ?? 10) * power;
}
