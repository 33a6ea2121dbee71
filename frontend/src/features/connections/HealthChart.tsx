import type { CSSProperties } from "react";

import type { HealthHistory, HealthPoint } from "@/api/generated/schema";
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
    <figure className={classes.figure}>
      <div
        className={classes.chart}
        role="img"
        aria-label="Latency over time, and when it was down. The figures stand in the table below."
      >
        <div className={classes.axis}>
          <span>{durationOf(top)}</span>
          <span>0</span>
        </div>
        <div className={classes.bars} data-many={points.length > 100 || undefined}>
          {points.map((point) => (
            <div key={point.at} className={classes.bar} title={tellOf(point, words)}>
              <span className={classes.most} style={heightOf(point.p95_ms, top)}>
                <span className={classes.half} style={heightOf(point.p50_ms, point.p95_ms ?? top)} />
              </span>
            </div>
          ))}
        </div>
        <div className={classes.strip} data-many={points.length > 100 || undefined}>
          {points.map((point) => (
            <span key={point.at} className={classes.step} data-tone={toneOf(point)} title={tellOf(point, words)} />
          ))}
        </div>
        <div className={classes.times}>
          {[points[0], points.at(-1)].map((point, index) => point && <span key={index}>{words(point.at)}</span>)}
        </div>
      </div>
      <figcaption>
        <ul className={classes.legend}>
          {LEGEND.map(([label, mark]) => (
            <li key={label}>
              <span className={classes.swatch} data-mark={mark} /> {label}
            </li>
          ))}
        </ul>
      </figcaption>
      <details className={classes.table}>
        <summary>Show as a table</summary>
        <DataTable
          name="Latency and answers"
          columns={columnsOf(words)}
          rows={points.toReversed()}
          rowKey={({ at }) => at}
          empty={null}
        />
      </details>
    </figure>
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
  return { "--share": `${String(part === null ? 0 : Math.max(1, (100 * part) / whole))}%` } as CSSProperties;
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
