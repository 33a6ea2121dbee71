import { Link } from "@tanstack/react-router";

import type { BudgetList as Budgets } from "@/api/generated/schema";
import { paths } from "@/paths";

import classes from "./BudgetList.module.css";
import { BudgetProgress } from "./BudgetProgress";
import { outlookOf } from "./budgetWords";

/** The budgets in force, each with its progress and outlook, beside each other where there is room. */
export function BudgetList({ workspace, list }: { workspace: string; list: Budgets }) {
  const budgets = list.items.filter(({ is_enabled: isEnabled }) => isEnabled);
  if (budgets.length === 0) return null;
  return (
    <ul className={classes.list}>
      {budgets.map((budget) => {
        const { tone, words } = outlookOf(budget, list.time_zone);
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
  );
}
