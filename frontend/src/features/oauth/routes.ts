import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { requireSession, root, texts, workspace } from "@/routing";

const consent = createRoute({
  getParentRoute: () => root,
  path: "/oauth/consent",
  validateSearch: (search) => texts(search, "request"),
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("./ConsentRoute"), "ConsentRoute"),
});

const authorizations = createRoute({
  getParentRoute: () => workspace,
  path: "authorizations",
  component: lazyRouteComponent(() => import("./AuthorizationsPage"), "AuthorizationsPage"),
});

export const oauthRootRoutes = [consent] as const;
export const oauthRoutes = [authorizations] as const;
