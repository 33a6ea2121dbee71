import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  type RouterHistory,
} from "@tanstack/react-router";

import { NotFound } from "./components/NotFound";
import { RouteError } from "./components/RouteError";
import { DetailSkeleton } from "./components/ui/Skeletons";
import { connectionQuery, connectionsQuery, toolsQuery } from "./features/connections/connectionQueries";
import { sessionQuery } from "./features/identity/session";
import { policiesQuery, policyQuery } from "./features/policies/policyQueries";
import { lastWorkspace } from "./features/workspaces/lastWorkspace";
import { settingsQuery } from "./features/workspaces/settingsQueries";
import { paths } from "./paths";

/* The map. Each feature is loaded when its page is first opened; every filter, tab and open drawer is in the address. */

interface RouterContext {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  beforeLoad: async ({ context }) => ({ session: await context.queryClient.query({ ...sessionQuery, staleTime: "static" }) }),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ context: { session } }) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    throw redirect({ to: homeOf(session), replace: true });
  },
});

const identity = () => import("./features/identity/identityRoutes");

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search) => ({ next: search.next as string | undefined }),
  component: lazyRouteComponent(identity, "SignInRoute"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: (search) => ({ next: search.next as string | undefined }),
  component: lazyRouteComponent(identity, "SignUpRoute"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(identity, "ForgotPasswordRoute"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  validateSearch: (search) => ({ token: search.token as string | undefined }),
  component: lazyRouteComponent(identity, "ResetPasswordRoute"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  validateSearch: (search) => ({ token: search.token as string | undefined }),
  component: lazyRouteComponent(identity, "VerifyEmailRoute"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  validateSearch: (search) => texts(search, "token"),
  component: lazyRouteComponent(() => import("./features/identity/InvitationRoute"), "InvitationRoute"),
});

const newWorkspace = createRoute({
  getParentRoute: () => root,
  path: "/new-workspace",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("./features/workspaces/NewWorkspaceRoute"), "NewWorkspaceRoute"),
});

const consent = createRoute({
  getParentRoute: () => root,
  path: "/oauth/consent",
  validateSearch: (search) => texts(search, "request"),
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("./features/oauth/ConsentRoute"), "ConsentRoute"),
});

const workspace = createRoute({
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

const overview = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: lazyRouteComponent(() => import("./features/overview/OverviewPage"), "OverviewPage"),
});

const connectChatGpt = createRoute({
  getParentRoute: () => workspace,
  path: "connect-chatgpt",
  component: lazyRouteComponent(() => import("./features/overview/ConnectPage"), "ConnectPage"),
});

const connections = createRoute({
  getParentRoute: () => workspace,
  path: "connections",
  validateSearch: (search) => texts(search, "find", "state", "tools"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(connectionsQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./features/connections/ConnectionsPage"), "ConnectionsPage"),
});

const gallery = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new",
  validateSearch: (search) => texts(search, "search", "category"),
  component: lazyRouteComponent(() => import("./features/connections/GalleryPage"), "GalleryPage"),
});

const newConnection = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new/$service",
  component: lazyRouteComponent(() => import("./features/connections/NewConnectionPage"), "NewConnectionPage"),
});

const connection = createRoute({
  getParentRoute: () => workspace,
  path: "connections/$connection",
  validateSearch: (search) => texts(search, "tab", "state", "class", "tool", "sign_in"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(connectionQuery(params.workspace, params.connection)));
    begin(queryClient.query(toolsQuery(params.workspace, params.connection)));
  },
  component: lazyRouteComponent(() => import("./features/connections/ConnectionPage"), "ConnectionPage"),
});

const approvals = createRoute({
  getParentRoute: () => workspace,
  path: "approvals",
  validateSearch: (search) => texts(search, "tab", "state"),
  component: lazyRouteComponent(() => import("./features/approvals/ApprovalsPage"), "ApprovalsPage"),
});

const approval = createRoute({
  getParentRoute: () => workspace,
  path: "approvals/$approval",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./features/approvals/ApprovalPage"), "ApprovalPage"),
});

const policies = createRoute({
  getParentRoute: () => workspace,
  path: "policies",
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(policiesQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./features/policies/PoliciesPage"), "PoliciesPage"),
});

const usage = createRoute({
  getParentRoute: () => workspace,
  path: "usage",
  validateSearch: (search) => texts(search, "time", "show"),
  component: lazyRouteComponent(() => import("./features/usage/UsagePage"), "UsagePage"),
});

const budgets = createRoute({
  getParentRoute: () => workspace,
  path: "budgets",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./features/budgets/BudgetsPage"), "BudgetsPage"),
});

const newBudget = createRoute({
  getParentRoute: () => workspace,
  path: "budgets/new",
  component: lazyRouteComponent(() => import("./features/budgets/NewBudgetPage"), "NewBudgetPage"),
});

const budget = createRoute({
  getParentRoute: () => workspace,
  path: "budgets/$budget",
  component: lazyRouteComponent(() => import("./features/budgets/BudgetPage"), "BudgetPage"),
});

const newPolicy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/new",
  validateSearch: (search) => texts(search, "kind", "template"),
  component: lazyRouteComponent(() => import("./features/policies/NewPolicyPage"), "NewPolicyPage"),
});

const policy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/$policy",
  validateSearch: (search) => texts(search, "tab"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(policyQuery(params.workspace, params.policy)));
  },
  component: lazyRouteComponent(() => import("./features/policies/PolicyPage"), "PolicyPage"),
});

const editPolicy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/$policy/edit",
  component: lazyRouteComponent(() => import("./features/policies/EditPolicyPage"), "EditPolicyPage"),
});

const audit = createRoute({
  getParentRoute: () => workspace,
  path: "audit",
  validateSearch: (search) => texts(search, "person", "connection", "tool", "outcome", "kind", "conversation", "policy", "time"),
  component: lazyRouteComponent(() => import("./features/audit/AuditPage"), "AuditPage"),
});

const auditEntry = createRoute({
  getParentRoute: () => workspace,
  path: "audit/$entry",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./features/audit/EntryPage"), "EntryPage"),
});

const authorizations = createRoute({
  getParentRoute: () => workspace,
  path: "authorizations",
  component: lazyRouteComponent(() => import("./features/oauth/AuthorizationsPage"), "AuthorizationsPage"),
});

const workspaceSettings = createRoute({
  getParentRoute: () => workspace,
  path: "settings/workspace",
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(settingsQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./features/workspaces/SettingsPage"), "SettingsPage"),
});

const notifications = createRoute({
  getParentRoute: () => workspace,
  path: "settings/notifications",
  component: lazyRouteComponent(() => import("./features/notices/NotificationsPage"), "NotificationsPage"),
});

const members = createRoute({
  getParentRoute: () => workspace,
  path: "settings/members",
  component: lazyRouteComponent(() => import("./features/workspaces/MembersPage"), "MembersPage"),
});

const profile = createRoute({
  getParentRoute: () => workspace,
  path: "profile",
  component: lazyRouteComponent(() => import("./features/identity/ProfilePage"), "ProfilePage"),
});

const routeTree = root.addChildren([
  home,
  signIn,
  signUp,
  forgotPassword,
  resetPassword,
  verifyEmail,
  invitation,
  newWorkspace,
  consent,
  workspace.addChildren([
    overview,
    connectChatGpt,
    connections,
    gallery,
    newConnection,
    connection,
    approvals,
    approval,
    usage,
    budgets,
    newBudget,
    budget,
    policies,
    newPolicy,
    policy,
    editPolicy,
    audit,
    auditEntry,
    authorizations,
    workspaceSettings,
    notifications,
    members,
    profile,
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

interface SessionContext {
  context: { session: { user: unknown } };
  location: { href: string };
}

function requireSession({ context, location }: SessionContext) {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
  if (!context.session.user) throw redirect({ to: paths.signIn(location.href) });
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

/** Fetching starts while the page is still being loaded. Whether it worked is for the page to say, which asks for the same. */
function begin(asked: Promise<unknown>): void {
  asked.catch(() => undefined);
}

/** The named words of an address's search; whatever else stands there is left out. */
function texts<Name extends string>(search: Record<string, unknown>, ...names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, search[name]])) as Partial<Record<Name, string | undefined>>;
}

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
