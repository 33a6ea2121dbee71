import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts, workspace } from "@/routing";

const budgets = createRoute({
  getParentRoute: () => workspace,
  path: "budgets",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./BudgetsPage"), "BudgetsPage"),
});

const newBudget = createRoute({
  getParentRoute: () => workspace,
  path: "budgets/new",
  component: lazyRouteComponent(() => import("./NewBudgetPage"), "NewBudgetPage"),
});

const budget = createRoute({
  getParentRoute: () => workspace,
  path: "budgets/$budget",
  component: lazyRouteComponent(() => import("./BudgetPage"), "BudgetPage"),
});

export const budgetsRoutes = [budgets, newBudget, budget] as const;
