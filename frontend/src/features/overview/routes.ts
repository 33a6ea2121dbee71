import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { workspace } from "@/routing";

const overview = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: lazyRouteComponent(() => import("./OverviewPage"), "OverviewPage"),
});

const connectChatGpt = createRoute({
  getParentRoute: () => workspace,
  path: "connect-chatgpt",
  component: lazyRouteComponent(() => import("./ConnectPage"), "ConnectPage"),
});

export const overviewRoutes = [overview, connectChatGpt] as const;
