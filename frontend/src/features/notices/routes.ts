import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { workspace } from "@/routing";

const notifications = createRoute({
  getParentRoute: () => workspace,
  path: "settings/notifications",
  component: lazyRouteComponent(() => import("./NotificationsPage"), "NotificationsPage"),
});

export const noticesRoutes = [notifications] as const;
