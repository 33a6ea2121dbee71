import type { UsageDay } from "@/api/generated/schema";
import { BarChart } from "@/components/ui/BarChart";
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
    <BarChart
      label={`${name}, stacked by connection`}
      axis={[words(top), words(0)]}
      bars={bars.map((bar) => ({ key: bar.day, title: tellOf(bar, words), parts: bar.parts.map(partOf) }))}
      ends={[bars[0], bars.at(-1)].flatMap((bar) => (bar ? [dayWords(bar.day)] : []))}
      legend={legend.map(({ connection, label, hue, amount }) => ({
        key: connection,
        mark: <span className={classes.mark} data-hue={hue} />,
        words: (
          <>
            {label} <span className={classes.quiet}>{words(amount)}</span>
          </>
        ),
      }))}
      table={
        <DataTable
          name={name}
          columns={columnsOf(legend, measure)}
          rows={days.toReversed()}
          rowKey={({ day }) => day}
          empty={null}
        />
      }
    />
  );
}

function partOf({ connection, hue, height }: Part) {
  return <span key={connection} className={classes.part} data-hue={hue} style={{ height: `${String(height)}%` }} />;
}

function tellOf(bar: Bar, words: (amount: number) => string): string {
  const parts = bar.parts.map(({ label, amount }) => `${label}: ${words(amount)}`);
  return [`${dayWords(bar.day)}: ${words(bar.amount)}`, ...parts].join("\n");
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
