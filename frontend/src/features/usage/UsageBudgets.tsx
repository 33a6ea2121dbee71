import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { BudgetProgress } from "../budgets/BudgetProgress";
import { budgetsQuery } from "../budgets/budgetQueries";
import { outlookOf } from "../budgets/budgetWords";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./UsagePage.module.css";

/** How the budgets stand in their current periods, whatever days are looked at. */
export function UsageBudgets({ workspace }: { workspace: string }) {
  const { permissions } = useWorkspace();
  const { data } = useQuery({ ...budgetsQuery(workspace), enabled: permissions.includes("budgets:read") });
  const budgets = data?.items.filter(({ is_enabled: isEnabled }) => isEnabled) ?? [];
  if (!data || budgets.length === 0) return null;
  return (
    <section aria-labelledby="usage-budgets">
      <h2 id="usage-budgets" className={classes.heading}>
        Budgets now
        <Link to={paths.budgets({ workspace })}>All budgets</Link>
      </h2>
      <ul className={classes.budgets}>
        {budgets.map((budget) => {
          const { tone, words } = outlookOf(budget, data.time_zone);
          return (
            <li key={budget.id}>
              <Link to={paths.budget({ workspace, budget: budget.id })}>{budget.name}</Link>
              <BudgetProgress budget={budget} />
              <div className={classes.outlook} data-tone={tone}>
                {words}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
