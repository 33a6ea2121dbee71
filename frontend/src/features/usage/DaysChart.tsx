import type { CSSProperties } from "react";

import type { UsageDay } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";

import { exactUsd, usd } from "../budgets/money";
import { type Bar, chartOf, type Measure, type Part } from "./chart";
import classes from "./DaysChart.module.css";

/** A bar for each day, stacked by connection, with the figures as a table behind it. */
export function DaysChart({ days, measure }: { days: readonly UsageDay[]; measure: Measure }) {
  const { bars, top, legend } = chartOf(days, measure);
  const words = measure === "cost" ? usd : (count: number) => count.toLocaleString("en");
  const name = measure === "cost" ? "Costs by day" : "Calls by day";
  return (
    <figure className={classes.figure}>
      <div
        className={classes.chart}
        role="img"
        aria-label={`${name}, stacked by connection. The figures stand in the table below.`}
      >
        <div className={classes.axis}>
          <span>{words(top)}</span>
          <span>{words(0)}</span>
        </div>
        <div className={classes.bars} data-many={bars.length > 100 || undefined}>
          {bars.map((bar) => (
            <Column key={bar.day} bar={bar} words={words} />
          ))}
        </div>
        <div className={classes.days}>
          {[bars[0], bars.at(-1)].map((bar, index) => bar && <span key={index}>{dayWords(bar.day)}</span>)}
        </div>
      </div>
      <figcaption>
        <ul className={classes.legend}>
          {legend.map(({ connection, label, hue, amount }) => (
            <li key={connection}>
              <span className={classes.swatch} data-hue={hue} /> {label} <span className={classes.quiet}>{words(amount)}</span>
            </li>
          ))}
        </ul>
      </figcaption>
      <details className={classes.table}>
        <summary>Show as a table</summary>
        <DataTable
          name={name}
          columns={columnsOf(legend, measure)}
          rows={days.toReversed()}
          rowKey={({ day }) => day}
          empty={null}
        />
      </details>
    </figure>
  );
}

function Column({ bar, words }: { bar: Bar; words: (amount: number) => string }) {
  const parts = bar.parts.map(({ label, amount }) => `${label}: ${words(amount)}`);
  return (
    <div className={classes.bar} title={[`${dayWords(bar.day)}: ${words(bar.amount)}`, ...parts].join("\n")}>
      {bar.parts.map(({ connection, hue, height }) => (
        <span key={connection} className={classes.part} data-hue={hue} style={heightOf(height)} />
      ))}
    </div>
  );
}

function heightOf(percent: number): CSSProperties {
  return { "--share": `${String(percent)}%` } as CSSProperties;
}

/** `18 Nov`; the day is one of the workspace's calendar, whatever the reader's zone. */
function dayWords(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const SHOWN_CONNECTIONS = 5;

function columnsOf(legend: readonly Omit<Part, "height">[], measure: Measure): Column<UsageDay>[] {
  const connections = legend.slice(0, SHOWN_CONNECTIONS).map(({ connection, label }): Column<UsageDay> => ({
    key: connection,
    header: label,
    align: "right",
    isSecondary: true,
    cell: ({ connections: parts }) => {
      const part = parts.find((one) => one.connection === connection);
      return measure === "cost" ? exactUsd(part?.cost_micro_usd ?? 0) : (part?.calls ?? 0).toLocaleString("en");
    },
  }));
  return [
    { key: "day", header: "Day", width: "6rem", cell: ({ day }) => dayWords(day) },
    ...connections,
    { key: "calls", header: "Calls", width: "6rem", align: "right", cell: ({ calls }) => calls.toLocaleString("en") },
    { key: "errors", header: "Errors", width: "6rem", align: "right", cell: ({ errors }) => errors.toLocaleString("en") },
    { key: "cost", header: "Cost", width: "8rem", align: "right", cell: ({ cost_micro_usd: cost }) => exactUsd(cost) },
  ];
}
