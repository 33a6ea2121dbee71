import type { BudgetView, SubjectLine } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { Meter } from "@/components/ui/Meter";

import classes from "./BudgetPage.module.css";
import { amountOf, heldPercent, momentIn, outlookOf } from "./budgetWords";
import { exactUsd, usd } from "./money";

/** How the current period goes: spent, held, left, where it leads, and whose share is fullest. */
export function BudgetStanding({ budget, zone }: { budget: BudgetView; zone: string }) {
  const { now, period, share } = budget;
  const outlook = outlookOf(budget, zone);
  const isShared = share !== "together";
  return (
    <section className={classes.standing} aria-label="This period">
      <Meter
        isThick
        label={`Budget ${budget.name}`}
        text={`${usd(now.spent_micro_usd)} of ${amountOf(budget)}`}
        used={now.percent}
        held={heldPercent(budget)}
        marks={budget.thresholds}
      />
      <dl className={classes.figures}>
        <Figure name={isShared ? "Spent in all" : "Spent"} amount={now.spent_micro_usd} />
        <Figure name="Held by running calls" amount={now.held_micro_usd} />
        <Figure name={isShared ? "Left of the fullest share" : "Left"} amount={now.left_micro_usd} />
        <Figure
          name={`${isShared ? "Fullest share" : "Forecast"} by ${momentIn(now.resets_at, period, zone)}`}
          amount={now.forecast_micro_usd}
        />
      </dl>
      <p className={classes.outlook} data-tone={outlook.tone}>
        {outlook.words}.
      </p>
      {now.subjects.length > 0 && (
        <DataTable
          name="The fullest shares"
          columns={COLUMNS}
          rows={now.subjects}
          rowKey={({ subject }) => subject}
          empty={null}
        />
      )}
    </section>
  );
}

function Figure({ name, amount }: { name: string; amount: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={exactUsd(amount)}>{usd(amount)}</dd>
    </div>
  );
}

const COLUMNS: readonly Column<SubjectLine>[] = [
  { key: "label", header: "The fullest shares", cell: ({ label }) => <span title={label}>{label}</span> },
  { key: "spent", header: "Spent", width: "7rem", align: "right", cell: ({ spent_micro_usd: spent }) => usd(spent) },
  {
    key: "held",
    header: "Held",
    width: "7rem",
    align: "right",
    isSecondary: true,
    cell: ({ held_micro_usd: held }) => usd(held),
  },
  { key: "left", header: "Left", width: "7rem", align: "right", cell: ({ left_micro_usd: left }) => usd(left) },
];
