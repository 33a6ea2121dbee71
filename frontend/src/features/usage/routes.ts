import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts, workspace } from "@/routing";

const usage = createRoute({
  getParentRoute: () => workspace,
  path: "usage",
  validateSearch: (search) => texts(search, "time", "show"),
  component: lazyRouteComponent(() => import("./UsagePage"), "UsagePage"),
});

export const usageRoutes = [usage] as const;
