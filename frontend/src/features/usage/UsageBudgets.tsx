import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { BudgetList } from "../budgets/BudgetList";
import { budgetsQuery } from "../budgets/budgetQueries";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./UsagePage.module.css";

/** How the budgets stand in their current periods, whatever days are looked at. */
export function UsageBudgets({ workspace }: { workspace: string }) {
  const { permissions } = useWorkspace();
  const { data } = useQuery({ ...budgetsQuery(workspace), enabled: permissions.includes("budgets:read") });
  if (!data?.items.some(({ is_enabled: isEnabled }) => isEnabled)) return null;
  return (
    <section aria-labelledby="usage-budgets">
      <h2 id="usage-budgets" className={classes.heading}>
        Budgets now
        <Link to={paths.budgets({ workspace })}>All budgets</Link>
      </h2>
      <BudgetList workspace={workspace} list={data} />
    </section>
  );
}
