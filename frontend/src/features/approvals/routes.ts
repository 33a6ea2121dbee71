import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts, workspace } from "@/routing";

const approvals = createRoute({
  getParentRoute: () => workspace,
  path: "approvals",
  validateSearch: (search) => texts(search, "tab", "state"),
  component: lazyRouteComponent(() => import("./ApprovalsPage"), "ApprovalsPage"),
});

const approval = createRoute({
  getParentRoute: () => workspace,
  path: "approvals/$approval",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./ApprovalPage"), "ApprovalPage"),
});

export const approvalsRoutes = [approvals, approval] as const;
