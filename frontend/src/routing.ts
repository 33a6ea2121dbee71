import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, notFound, Outlet, redirect } from "@tanstack/react-router";

import { sessionQuery } from "./features/identity/session";
import { paths } from "./paths";

/* The two routes that the features' routes hang on, and what these need. */

export interface RouterContext {
  queryClient: QueryClient;
}

export const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  beforeLoad: async ({ context }) => ({ session: await context.queryClient.query({ ...sessionQuery, staleTime: "static" }) }),
});

/** Everything in a workspace that one is a member of. */
export const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace",
  beforeLoad: requireSession,
  loader: ({ context: { session }, params }) => {
    const found = session.workspaces.find(({ slug }) => slug === params.workspace);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to say so
    if (!found) throw notFound();
    return { workspace: found };
  },
  component: lazyRouteComponent(() => import("./features/workspaces/WorkspaceRoute"), "WorkspaceRoute"),
});

interface SessionContext {
  context: { session: { user: unknown } };
  location: { href: string };
}

/** Sends whoever is not signed in to sign in, and back. */
export function requireSession({ context, location }: SessionContext) {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
  if (!context.session.user) throw redirect({ to: paths.signIn(location.href) });
}

/** Fetching starts while the page is still being loaded. Whether it worked is for the page to say, which asks for the same. */
export function begin(asked: Promise<unknown>): void {
  asked.catch(() => undefined);
}

/** The named words of an address's search; whatever else stands there is left out. */
export function texts<Name extends string>(search: Record<string, unknown>, ...names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, search[name]])) as Partial<Record<Name, string | undefined>>;
}
