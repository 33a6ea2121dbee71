import { useSyncExternalStore } from "react";

export interface RelativeTimeProps {
  /** RFC 3339 in UTC, as the API sends it. */
  at: string;
}

/** "4 minutes ago", with the exact time on hover and for machines. Keeps itself up to date. */
export function RelativeTime({ at }: RelativeTimeProps) {
  const now = useSyncExternalStore(subscribe, currentTick);
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  return (
    <time dateTime={at} title={exactTime(date)}>
      {relativeTime(date, now)}
    </time>
  );
}

/** In the reader's own zone, to the second, with the zone named: what a security team quotes. */
export function exactTime(date: Date): string {
  return exact.format(date);
}

/** `now` in milliseconds. Moments a little ahead count as now: our clock ticks seldom, and the server's may run before it. */
export function relativeTime(date: Date, now: number): string {
  const seconds = Math.round((date.getTime() - now) / 1000);
  if (seconds > -JUST_NOW_S && seconds < AHEAD_S) return "just now";
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

const JUST_NOW_S = 10;
const TICK_MS = 15_000;
const AHEAD_S = TICK_MS / 1000;
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const exact = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/* One clock for all: a table of a hundred rows must not run a hundred timers. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = Date.now();

function currentTick(): number {
  return tick;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    tick = Date.now();
    timer = setInterval(() => {
      tick = Date.now();
      for (const notify of listeners) notify();
    }, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
