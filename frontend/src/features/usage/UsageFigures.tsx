import type { UsageLine } from "@/api/generated/schema";

import { durationOf } from "../audit/measures";
import { exactUsd, usd } from "../budgets/money";
import classes from "./UsagePage.module.css";

/** The whole in four figures. */
export function UsageFigures({ total }: { total: UsageLine }) {
  return (
    <dl className={classes.figures}>
      <div>
        <dt>Cost</dt>
        <dd>
          <span className={classes.number} title={exactUsd(total.cost_micro_usd)}>
            {usd(total.cost_micro_usd)}
          </span>
        </dd>
      </div>
      <div>
        <dt>Calls</dt>
        <dd>
          <span className={classes.number}>{total.calls.toLocaleString("en")}</span>
          {total.denied > 0 && <span className={classes.share}>{total.denied.toLocaleString("en")} denied or waiting</span>}
        </dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          <span className={classes.number}>{total.errors.toLocaleString("en")}</span>
          {total.errors > 0 && <span className={classes.share}>{shareOf(total.errors, total.calls)}</span>}
        </dd>
      </div>
      <div>
        <dt>Latency</dt>
        <dd>
          <span className={classes.number}>{total.p50_ms === null ? "–" : durationOf(total.p50_ms)}</span>
          {total.p95_ms !== null && <span className={classes.share}>95 % within {durationOf(total.p95_ms)}</span>}
        </dd>
      </div>
    </dl>
  );
}

function shareOf(count: number, all: number): string {
  const percent = (100 * count) / Math.max(1, all);
  return percent < 1 ? "under 1 % of calls" : `${String(Math.round(percent))} % of calls`;
}
