import type { Outcome } from "@/api/generated/schema";

/** The audit page's address: every filter is a word in it, so a filtered list can be shared. */
export interface AuditSearch {
  person?: string | undefined;
  connection?: string | undefined;
  tool?: string | undefined;
  /** An outcome, or `unsuccessful` for every way to fail. */
  outcome?: string | undefined;
  kind?: string | undefined;
  conversation?: string | undefined;
  /** A policy's id: the calls that it had something to say about. */
  policy?: string | undefined;
  /** `1h`, `24h`, `7d`, `30d`: back from now. Or an interval: `2026-11-01/2026-11-03`, whole days here. */
  time?: string | undefined;
}

export interface AuditQuery {
  person?: string;
  connection?: string;
  tool?: string;
  outcome?: Outcome[];
  kind?: string;
  conversation?: string;
  policy?: string;
  since?: string;
  until?: string;
}

/** What the summary of the last 24 hours counts as failed. */
export const UNSUCCESSFUL = "unsuccessful";
const UNSUCCESSFUL_OUTCOMES: Outcome[] = ["tool_error", "upstream_error", "failed"];
const OUTCOMES: ReadonlySet<string> = new Set<Outcome>([
  "ok",
  "tool_error",
  "denied",
  "pending_approval",
  "upstream_error",
  "cancelled",
  "failed",
  "unknown",
]);

/** What to ask the server. Words that mean nothing (an address typed by hand) are left out rather than refused. */
export function auditQuery({ outcome, time, ...same }: AuditSearch, now: number): AuditQuery {
  const query: AuditQuery = { ...timeRange(time, now) };
  for (const key of ["person", "connection", "tool", "kind", "conversation", "policy"] as const) {
    const value = same[key];
    if (value !== undefined && value !== "") query[key] = value;
  }
  const outcomes = outcomesOf(outcome);
  if (outcomes) query.outcome = outcomes;
  return query;
}

/** The same as of this moment. */
export function queryOf(search: AuditSearch): AuditQuery {
  return auditQuery(search, Date.now());
}

export function isFiltered(search: AuditSearch): boolean {
  return Object.values(search).some((value: string | undefined) => value !== undefined);
}

export const TIMES = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
] as const;

const HOUR_MS = 3_600_000;
const SPANS_MS: Record<string, number> = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS, "30d": 720 * HOUR_MS };

/** `2026-11-01/2026-11-03`: from the first day's beginning to the last day's end, in the reader's zone. */
export function daysOf(time: string | undefined): { first: string; last: string } | undefined {
  const [, first, last] = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})$/.exec(time ?? "") ?? [];
  if (first === undefined || last === undefined || !isDay(first) || !isDay(last) || last < first) return undefined;
  return { first, last };
}

export function timeOfDays(first: string, last: string): string {
  return `${first}/${last}`;
}

function timeRange(time: string | undefined, now: number): Pick<AuditQuery, "since" | "until"> {
  const span = SPANS_MS[time ?? ""];
  if (span !== undefined) return { since: new Date(now - span).toISOString() };
  const days = daysOf(time);
  if (!days) return {};
  const end = new Date(`${days.last}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return { since: new Date(`${days.first}T00:00:00`).toISOString(), until: end.toISOString() };
}

function isDay(day: string): boolean {
  return !Number.isNaN(new Date(`${day}T00:00:00`).getTime());
}

function outcomesOf(outcome: string | undefined): Outcome[] | undefined {
  if (outcome === UNSUCCESSFUL) return UNSUCCESSFUL_OUTCOMES;
  return outcome !== undefined && OUTCOMES.has(outcome) ? [outcome as Outcome] : undefined;
}
