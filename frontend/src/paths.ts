/** Every address of the application, built in one place. Workspaces and connections are named by their slugs. */

interface InWorkspace {
  workspace: string;
}

const w = ({ workspace }: InWorkspace) => `/w/${encodeURIComponent(workspace)}`;

export const paths = {
  home: () => "/",

  signIn: (next?: string) => withSearch("/sign-in", { next }),
  signUp: (next?: string) => withSearch("/sign-up", { next }),
  forgotPassword: () => "/forgot-password",
  resetPassword: () => "/reset-password",
  verifyEmail: () => "/verify-email",
  newWorkspace: () => "/new-workspace",
  invitation: (token: string) => withSearch("/invitation", { token }),
  consent: (request: string) => withSearch("/oauth/consent", { request }),

  overview: (at: InWorkspace) => w(at),
  connectChatGpt: (at: InWorkspace) => `${w(at)}/connect-chatgpt`,
  connections: (at: InWorkspace) => `${w(at)}/connections`,
  newConnection: (at: InWorkspace) => `${w(at)}/connections/new`,
  connectService: (at: InWorkspace & { service: string }) => `${w(at)}/connections/new/${encodeURIComponent(at.service)}`,
  importServices: (at: InWorkspace) => `${w(at)}/connections/new/import`,
  newApi: (at: InWorkspace) => `${w(at)}/connections/new/api`,
  connection: (at: InWorkspace & { connection: string }) => `${w(at)}/connections/${encodeURIComponent(at.connection)}`,
  ownAccount: (at: InWorkspace & { connection: string }) => `${w(at)}/connections/${encodeURIComponent(at.connection)}/account`,
  toolsets: (at: InWorkspace) => `${w(at)}/toolsets`,
  newToolset: (at: InWorkspace) => `${w(at)}/toolsets/new`,
  toolset: (at: InWorkspace & { toolset: string }) => `${w(at)}/toolsets/${encodeURIComponent(at.toolset)}`,
  policies: (at: InWorkspace) => `${w(at)}/policies`,
  newPolicy: (at: InWorkspace) => `${w(at)}/policies/new`,
  policy: (at: InWorkspace & { policy: string }) => `${w(at)}/policies/${encodeURIComponent(at.policy)}`,
  editPolicy: (at: InWorkspace & { policy: string }) => `${w(at)}/policies/${encodeURIComponent(at.policy)}/edit`,
  approvals: (at: InWorkspace) => `${w(at)}/approvals`,
  approval: (at: InWorkspace & { approval: string }) => `${w(at)}/approvals/${encodeURIComponent(at.approval)}`,
  usage: (at: InWorkspace) => `${w(at)}/usage`,
  budgets: (at: InWorkspace) => `${w(at)}/budgets`,
  newBudget: (at: InWorkspace) => `${w(at)}/budgets/new`,
  budget: (at: InWorkspace & { budget: string }) => `${w(at)}/budgets/${encodeURIComponent(at.budget)}`,
  audit: (at: InWorkspace) => `${w(at)}/audit`,
  auditEntry: (at: InWorkspace & { entry: string }) => `${w(at)}/audit/${encodeURIComponent(at.entry)}`,
  authorizations: (at: InWorkspace) => `${w(at)}/authorizations`,
  workspaceSettings: (at: InWorkspace) => `${w(at)}/settings/workspace`,
  notifications: (at: InWorkspace) => `${w(at)}/settings/notifications`,
  members: (at: InWorkspace) => `${w(at)}/settings/members`,
  profile: (at: InWorkspace) => `${w(at)}/profile`,
};

/** Where to go after signing in: only a path of this site, never another host (`//host`, `/\host`). */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !/[\\\p{Cc}]/u.test(next) ? next : paths.home();
}

function withSearch(path: string, search: Record<string, string | undefined>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
