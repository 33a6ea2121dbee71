import { createRoute, createRouter, redirect, type RouterHistory } from "@tanstack/react-router";

import { NotFound } from "./components/NotFound";
import { RouteError } from "./components/RouteError";
import { DetailSkeleton } from "./components/ui/Skeletons";
import { approvalsRoutes } from "./features/approvals/routes";
import { auditRoutes } from "./features/audit/routes";
import { budgetsRoutes } from "./features/budgets/routes";
import { connectionsRoutes } from "./features/connections/routes";
import { identityRootRoutes, identityRoutes } from "./features/identity/routes";
import { noticesRoutes } from "./features/notices/routes";
import { oauthRootRoutes, oauthRoutes } from "./features/oauth/routes";
import { overviewRoutes } from "./features/overview/routes";
import { policiesRoutes } from "./features/policies/routes";
import { toolsetsRoutes } from "./features/toolsets/routes";
import { usageRoutes } from "./features/usage/routes";
import { workspacesRootRoutes, workspacesRoutes } from "./features/workspaces/routes";
import { lastWorkspace } from "./features/workspaces/lastWorkspace";
import { paths } from "./paths";
import { root, type RouterContext, workspace } from "./routing";

/* The map. Each feature is loaded when its page is first opened; every filter, tab and open drawer is in the address. */

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ context: { session } }) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    throw redirect({ to: homeOf(session), replace: true });
  },
});

const routeTree = root.addChildren([
  home,
  ...identityRootRoutes,
  ...workspacesRootRoutes,
  ...oauthRootRoutes,
  workspace.addChildren([
    ...overviewRoutes,
    ...connectionsRoutes,
    ...toolsetsRoutes,
    ...approvalsRoutes,
    ...usageRoutes,
    ...budgetsRoutes,
    ...policiesRoutes,
    ...auditRoutes,
    ...oauthRoutes,
    ...workspacesRoutes,
    ...noticesRoutes,
    ...identityRoutes,
  ]),
]);

export function createAppRouter(context: RouterContext, history?: RouterHistory) {
  return createRouter({
    routeTree,
    context,
    ...(history && { history }),
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0, // the query cache decides what is fresh
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: RouteError,
    defaultPendingComponent: DetailSkeleton,
    defaultPendingMs: 200,
    scrollRestoration: true,
    // Plain words both ways: the router's own way reads JSON, which would turn a token like 1e5 into a number.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

interface HomeSession {
  user: unknown;
  workspaces: readonly { slug: string }[];
  installation: { has_accounts: boolean };
}

/** Where `/` leads: the last workspace, or whatever has to happen first. */
function homeOf({ user, workspaces, installation }: HomeSession): string {
  if (!user) return installation.has_accounts ? paths.signIn() : paths.signUp();
  const last = lastWorkspace();
  const found = workspaces.find(({ slug }) => slug === last) ?? workspaces[0];
  return found ? paths.overview({ workspace: found.slug }) : paths.newWorkspace();
}

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
