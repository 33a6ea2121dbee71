import type { HealthPoint } from "@/api/generated/schema";

/** `99.98 %`; 100 only when it was always up. */
export function percentOf(percent: number): string {
  return `${percent.toLocaleString("en", { maximumFractionDigits: 2 })} %`;
}

/** How long from one moment to another: `40 s`, `12 min`, `5 h`, `3 days`. */
export function spanOf(since: string, until: string): string {
  const seconds = Math.max(0, (Date.parse(until) - Date.parse(since)) / 1000);
  if (seconds < 90) return `${String(Math.round(seconds))} s`;
  if (seconds < 5_400) return `${String(Math.round(seconds / 60))} min`;
  if (seconds < 172_800) return `${String(Math.round(seconds / 3_600))} h`;
  return `${String(Math.round(seconds / 86_400))} days`;
}

export type Tone = "ok" | "bad" | "warn" | "none";

/** The worst that was in a step of the chart; `none` when nobody looked. */
export function toneOf({ down_s: down, sign_in_s: signIn, calls, probes }: HealthPoint): Tone {
  if (down > 0) return "bad";
  if (signIn > 0) return "warn";
  return calls + probes > 0 ? "ok" : "none";
}

/** The upper end of the scale: the smallest of 1, 2, 5, 10, … ms that holds every bar. */
export function topOf(points: readonly HealthPoint[]): number {
  const highest = Math.max(1, ...points.map(({ p95_ms: p95 }) => p95 ?? 0));
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= highest) ?? highest;
}
