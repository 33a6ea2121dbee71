import type { BudgetView, Period, Share } from "@/api/generated/schema";

import { usd } from "./money";
import type { Scope } from "./scope";

export const PERIODS: Record<Period, { label: string; each: string }> = {
  day: { label: "Daily", each: "a day" },
  week: { label: "Weekly", each: "a week" },
  month: { label: "Monthly", each: "a month" },
};

export const SHARES: Record<Share, { label: string; whose: string }> = {
  together: { label: "Everybody draws on one amount", whose: "" },
  person: { label: "Each person has this amount", whose: " for each person" },
  conversation: { label: "Each conversation has this amount", whose: " for each conversation" },
  connection: { label: "Each connection has this amount", whose: " for each connection" },
};

/** `$100 a month for each person`. */
export function amountOf({
  limit_micro_usd: limit,
  period,
  share,
}: Pick<BudgetView, "limit_micro_usd" | "period" | "share">): string {
  return `${usd(limit)} ${PERIODS[period].each}${SHARES[share].whose}`;
}

/** `All calls`, or which: `linear-prod, github-main · linear_create_* · contractors · 2 people`. */
export function scopeWords({ connections, tools, roles, people }: Scope): string {
  const parts = [
    connections.join(", "),
    tools.join(", "),
    roles.map((role) => `${role}s`).join(", "),
    people.length === 0 ? "" : `${String(people.length)} ${people.length === 1 ? "person" : "people"}`,
  ].filter(Boolean);
  return parts.length === 0 ? "All calls" : parts.join(" · ");
}

export interface Outlook {
  tone: "quiet" | "warn" | "bad";
  words: string;
}

/** Where it leads: used up, running towards the limit, or well within it. Days are those of the workspace's zone. */
export function outlookOf(
  budget: Pick<BudgetView, "is_enabled" | "is_hard" | "limit_micro_usd" | "period" | "now">,
  zone: string,
): Outlook {
  const { now, limit_micro_usd: limit, period } = budget;
  if (!budget.is_enabled) return { tone: "quiet", words: "Off: nothing is counted or refused" };
  if (now.percent >= 100) {
    return {
      tone: "bad",
      words: budget.is_hard
        ? `Used up: calls are refused until ${momentIn(now.resets_at, period, zone)}`
        : now.percent > 100
          ? "Over the limit"
          : "At the limit",
    };
  }
  if (now.hits_limit_at !== null) {
    return { tone: "warn", words: `Would reach the limit on ${momentIn(now.hits_limit_at, period, zone)}` };
  }
  const percent = limit === 0 ? 0 : Math.round((100 * now.forecast_micro_usd) / limit);
  return {
    tone: "quiet",
    words: `About ${usd(now.forecast_micro_usd)} (${String(percent)} %) by ${momentIn(now.resets_at, period, zone)}`,
  };
}

/** `24 Nov`; within a day `24 Nov, 14:00`. */
export function momentIn(at: string, period: Period, zone: string): string {
  const time = period === "day" ? ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const) : {};
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone, ...time }).format(new Date(at));
}

/** What running calls hold, in percent of the limit. */
export function heldPercent({ limit_micro_usd: limit, now }: Pick<BudgetView, "limit_micro_usd" | "now">): number {
  return limit === 0 ? 0 : Math.max(0, 100 - now.percent - (100 * now.left_micro_usd) / limit);
}
