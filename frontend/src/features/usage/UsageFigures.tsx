import type { UsageLine } from "@/api/generated/schema";
import { KeyFigures } from "@/components/ui/KeyFigures";

import { durationOf } from "../audit/measures";
import { exactUsd, usd } from "../budgets/money";

/** The whole in four figures. */
export function UsageFigures({ total }: { total: UsageLine }) {
  return (
    <KeyFigures
      figures={[
        { name: "Cost", figure: usd(total.cost_micro_usd), title: exactUsd(total.cost_micro_usd) },
        {
          name: "Calls",
          figure: total.calls.toLocaleString("en"),
          more: total.denied > 0 && `${total.denied.toLocaleString("en")} denied or waiting`,
        },
        {
          name: "Errors",
          figure: total.errors.toLocaleString("en"),
          more: total.errors > 0 && shareOf(total.errors, total.calls),
        },
        {
          name: "Latency",
          figure: total.p50_ms === null ? "–" : durationOf(total.p50_ms),
          more: total.p95_ms !== null && `95 % within ${durationOf(total.p95_ms)}`,
        },
      ]}
    />
  );
}

function shareOf(count: number, all: number): string {
  const percent = (100 * count) / Math.max(1, all);
  return percent < 1 ? "under 1 % of calls" : `${String(Math.round(percent))} % of calls`;
}
