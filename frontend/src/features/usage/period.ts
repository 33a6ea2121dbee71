import { daysOf } from "../audit/auditSearch";

/** Whole days of the workspace's calendar, both included: `2026-11-01`. */
export interface Days {
  first: string;
  last: string;
}

/** What can be chosen besides two days; without any it is the last 30. */
export const PERIODS = [
  { value: "today", label: "Today" },
  { value: "7d", label: "Last 7 days" },
  { value: "month", label: "This month" },
  { value: "last-month", label: "Last month" },
  { value: "90d", label: "Last 90 days" },
  { value: "365d", label: "Last 365 days" },
] as const;

/** The days that the address asks for; `undefined` for the server's usual ones. `today` is the workspace's. */
export function periodOf(time: string | undefined, today: string): Days | undefined {
  const spoken = /^(\d+)d$/.exec(time ?? "")?.[1];
  if (spoken !== undefined) return { first: daysBefore(today, Math.min(Number(spoken), LONGEST) - 1), last: today };
  if (time === "today") return { first: today, last: today };
  if (time === "month") return { first: firstOfMonth(today), last: today };
  if (time !== "last-month") return daysOf(time);
  const last = daysBefore(firstOfMonth(today), 1);
  return { first: firstOfMonth(last), last };
}

/** The day that it is there. */
export function todayIn(zone: string, now: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

const LONGEST = 366;

function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}

function daysBefore(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - count);
  return date.toISOString().slice(0, 10);
}
