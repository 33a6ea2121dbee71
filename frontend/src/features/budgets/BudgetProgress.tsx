import type { BudgetView } from "@/api/generated/schema";
import { Meter } from "@/components/ui/Meter";

import classes from "./BudgetProgress.module.css";
import { amountOf, heldPercent } from "./budgetWords";
import { usd } from "./money";

/** What is spent of a budget in its current period, in words and as a bar. */
export function BudgetProgress({ budget }: { budget: BudgetView }) {
  const { now, share } = budget;
  const spent = share === "together" ? usd(now.spent_micro_usd) : `${usd(now.spent_micro_usd)} in all`;
  return (
    <div className={classes.progress}>
      <div className={classes.figures}>
        <span>
          {spent} <span className={classes.quiet}>of {amountOf(budget)}</span>
        </span>
        {now.held_micro_usd > 0 && <span className={classes.quiet}>{usd(now.held_micro_usd)} held</span>}
      </div>
      <Meter
        label={`Budget ${budget.name}`}
        text={`${spent} of ${amountOf(budget)}`}
        used={now.percent}
        held={heldPercent(budget)}
        marks={budget.thresholds}
      />
    </div>
  );
}
