import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { UsageStats } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { paths } from "@/paths";

import { BudgetList } from "../budgets/BudgetList";
import { budgetsQuery } from "../budgets/budgetQueries";
import { exactUsd, usd } from "../budgets/money";
import { statsQuery } from "../usage/usageQueries";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./OverviewPage.module.css";

/** What this month cost so far, and how the budgets stand. */
export function Spend({ workspace }: { workspace: string }) {
  const { permissions } = useWorkspace();
  const isShown = permissions.includes("usage:read");
  const stats = useQuery({ ...statsQuery(workspace), enabled: isShown });
  const { data: budgets } = useQuery({ ...budgetsQuery(workspace), enabled: permissions.includes("budgets:read") });
  if (!isShown) return null;
  const failure = failureOf(stats);
  return (
    <section aria-labelledby="spend">
      <h2 id="spend" className={classes.heading}>
        Spent this month
        <Link to={paths.usage({ workspace })}>Usage</Link>
      </h2>
      {failure && !stats.data ? (
        <ErrorState error={failure} onRetry={() => void stats.refetch()} />
      ) : (
        <div className={classes.spend}>
          {stats.data ? <Total workspace={workspace} stats={stats.data} /> : <Skeleton height={36} width="6rem" radius="sm" />}
          {budgets && <BudgetList workspace={workspace} list={budgets} />}
        </div>
      )}
    </section>
  );
}

function Total({ workspace, stats: { total_micro_usd: total, services } }: { workspace: string; stats: UsageStats }) {
  const parts = services.filter(({ cost_micro_usd: cost }) => cost > 0).slice(0, 4);
  return (
    <div>
      <span className={classes.number} title={exactUsd(total)}>
        {usd(total)}
      </span>
      <p className={classes.quiet}>
        {parts.length > 0 ? (
          parts.map(({ service, cost_micro_usd: cost }) => `${service} ${usd(cost)}`).join(", ")
        ) : (
          <>
            Nothing, as far as prices are known.{" "}
            <Link to={paths.budgets({ workspace })} search={{ tab: "prices" }}>
              Prices
            </Link>
          </>
        )}
      </p>
    </div>
  );
}
