import type { CSSProperties } from "react";

import type { HealthHistory, HealthPoint } from "@/api/generated/schema";
import { BarChart } from "@/components/ui/BarChart";
import { type Column, DataTable } from "@/components/ui/DataTable";

import { durationOf } from "../audit/measures";
import classes from "./HealthChart.module.css";
import { toneOf, topOf } from "./healthWords";

/** A bar for each hour or day: half of the answers came within the dark part, 95 % within the whole; below, whether it was up. */
export function HealthChart({ history }: { history: HealthHistory }) {
  const { points, step_s: step } = history;
  const top = topOf(points);
  const words = step < A_DAY_S ? hourWords : dayWords;
  return (
    <BarChart
      label="Latency over time, and when it was down"
      axis={[durationOf(top), "0"]}
      bars={points.map((point) => ({
        key: point.at,
        title: tellOf(point, words),
        parts: (
          <span className={classes.most} style={heightOf(point.p95_ms, top)}>
            <span className={classes.half} style={heightOf(point.p50_ms, point.p95_ms ?? top)} />
          </span>
        ),
        below: <span className={classes.mark} data-mark={toneOf(point)} />,
      }))}
      ends={[points[0], points.at(-1)].flatMap((point) => (point ? [words(point.at)] : []))}
      legend={LEGEND.map(([label, mark]) => ({
        key: mark,
        mark: <span className={classes.mark} data-mark={mark} />,
        words: label,
      }))}
      table={
        <DataTable
          name="Latency and answers"
          columns={columnsOf(words)}
          rows={points.toReversed()}
          rowKey={({ at }) => at}
          empty={null}
        />
      }
    />
  );
}

const A_DAY_S = 86_400;

const LEGEND = [
  ["Half of the answers", "half"],
  ["95 % of the answers", "most"],
  ["Up", "ok"],
  ["Down", "bad"],
  ["Sign-in needed", "warn"],
  ["Nobody looked", "none"],
] as const;

const TONES = { ok: "up", bad: "down", warn: "sign-in needed", none: "nobody looked" };

function tellOf(point: HealthPoint, words: (at: string) => string): string {
  const lines = [`${words(point.at)}: ${TONES[toneOf(point)]}`];
  if (point.p50_ms !== null && point.p95_ms !== null) {
    lines.push(`half within ${durationOf(point.p50_ms)}, 95 % within ${durationOf(point.p95_ms)}`);
  }
  if (point.calls > 0) lines.push(`${point.calls.toLocaleString("en")} calls, ${point.failed_calls.toLocaleString("en")} failed`);
  if (point.down_s > 0) lines.push(`down for ${durationOf(1000 * point.down_s)}`);
  return lines.join("\n");
}

function heightOf(part: number | null, whole: number): CSSProperties {
  return { height: `${String(part === null ? 0 : Math.max(1, (100 * part) / whole))}%` };
}

function columnsOf(words: (at: string) => string): Column<HealthPoint>[] {
  return [
    { key: "at", header: "From", cell: ({ at }) => words(at) },
    {
      key: "p50",
      header: "Half within",
      width: "8rem",
      align: "right",
      cell: ({ p50_ms: ms }) => (ms === null ? "–" : durationOf(ms)),
    },
    {
      key: "p95",
      header: "95 % within",
      width: "8rem",
      align: "right",
      cell: ({ p95_ms: ms }) => (ms === null ? "–" : durationOf(ms)),
    },
    { key: "calls", header: "Calls", width: "6rem", align: "right", cell: ({ calls }) => calls.toLocaleString("en") },
    { key: "failed", header: "Failed", width: "6rem", align: "right", cell: ({ failed_calls: n }) => n.toLocaleString("en") },
    { key: "down", header: "Down", width: "8rem", align: "right", cell: ({ down_s: s }) => (s > 0 ? durationOf(1000 * s) : "–") },
  ];
}

function hourWords(at: string): string {
  return HOUR.format(new Date(at));
}

/** Days of the chart are spans of 24 hours, named by the day on which they begin. */
function dayWords(at: string): string {
  return DAY.format(new Date(at));
}

const HOUR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
