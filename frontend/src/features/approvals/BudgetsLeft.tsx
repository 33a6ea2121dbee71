import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { ApprovalLine } from "@/api/generated/schema";
import { paths } from "@/paths";

import { budgetsQuery } from "../budgets/budgetQueries";
import { coversCall } from "../budgets/covers";
import { usd } from "../budgets/money";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./ApprovalPage.module.css";

/** What is left of the budgets that the call would draw on. */
export function BudgetsLeft({ workspace, approval }: { workspace: string; approval: ApprovalLine }) {
  const { permissions } = useWorkspace();
  const { data } = useQuery({ ...budgetsQuery(workspace), enabled: permissions.includes("budgets:read") });
  if (!permissions.includes("budgets:read")) return <span className={classes.quiet}>not shown to your role</span>;
  const budgets = data?.items.filter((budget) => coversCall(budget, approval));
  if (!budgets) return "…";
  if (budgets.length === 0) return <span className={classes.quiet}>none covers this call</span>;
  return budgets.map(({ id, name, limit_micro_usd: limit, now }) => (
    <span key={id} className={classes.budget}>
      <Link to={paths.budget({ workspace, budget: id })}>{name}</Link>: {usd(now.left_micro_usd)} left of {usd(limit)}
    </span>
  ));
}
