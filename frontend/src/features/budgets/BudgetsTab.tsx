import { IconWallet } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import type { BudgetView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { EmptyState } from "@/components/ui/EmptyState";
import { paths } from "@/paths";

import { AddBudget } from "./AddBudget";
import { BudgetProgress } from "./BudgetProgress";
import { budgetsQuery } from "./budgetQueries";
import classes from "./BudgetsPage.module.css";
import { outlookOf, scopeWords } from "./budgetWords";
import { PolicyLimits } from "./PolicyLimits";
import { scopeOf } from "./scope";

export function BudgetsTab({ workspace }: { workspace: string }) {
  const { data, error, refetch } = useQuery(budgetsQuery(workspace));
  return (
    <>
      <DataTable
        name="Budgets"
        columns={columnsOf(data?.time_zone ?? "UTC")}
        rows={data?.items}
        rowKey={({ id }) => id}
        rowHref={({ id }) => paths.budget({ workspace, budget: id })}
        error={error}
        onRetry={() => void refetch()}
        empty={<NoBudgets workspace={workspace} />}
      />
      {data && data.policy_counters.length > 0 && <PolicyLimits workspace={workspace} counters={data.policy_counters} />}
    </>
  );
}

function columnsOf(zone: string): Column<BudgetView>[] {
  return [
    {
      key: "name",
      header: "Budget",
      width: "24%",
      cell: ({ name, is_hard: isHard, is_enabled: isEnabled }) => (
        <span className={classes.name}>
          <span title={name}>{name}</span>
          {!isEnabled && <span className={classes.tag}>Off</span>}
          {isEnabled && !isHard && <span className={classes.tag}>Alert only</span>}
        </span>
      ),
    },
    { key: "standing", header: "This period", isLong: true, cell: (budget) => <BudgetProgress budget={budget} /> },
    {
      key: "outlook",
      header: "Outlook",
      width: "26%",
      isLong: true,
      cell: (budget) => {
        const { tone, words } = outlookOf(budget, zone);
        return (
          <span className={classes.outlook} data-tone={tone} title={words}>
            {words}
          </span>
        );
      },
    },
    {
      key: "covers",
      header: "Counts",
      width: "20%",
      isSecondary: true,
      cell: (budget) => (
        <span className={classes.quiet} title={scopeWords(scopeOf(budget))}>
          {scopeWords(scopeOf(budget))}
        </span>
      ),
    },
  ];
}

function NoBudgets({ workspace }: { workspace: string }) {
  return (
    <EmptyState icon={IconWallet} title="Limit what calls may cost" action={<AddBudget workspace={workspace} />}>
      A budget counts what calls cost, by the prices that you set. When it is used up, further calls are refused before they reach
      the service, no matter how many come at once; before that it tells you at 50, 80 and 100 percent.
    </EmptyState>
  );
}
