/** What the consent page is shown and answers. */

export interface ConsentClient {
  id: string;
  name: string;
  kind: string;
  verified: boolean;
  redirect_host: string;
  is_loopback: boolean;
  homepage: string | null;
}

export interface ConsentWorkspace {
  slug: string;
  name: string;
  role: string;
  may: string[];
}

export interface ConsentPermission {
  scope: string;
  title: string;
  description: string;
  optional: boolean;
  requested: boolean;
}

export interface ConsentView {
  client: ConsentClient;
  user: { id: string; name: string; email: string };
  email_verified: boolean;
  workspaces: ConsentWorkspace[];
  last_workspace: string | null;
  permissions: ConsentPermission[];
}

export interface ConsentDecision {
  decision: "authorize" | "cancel";
  workspace?: string;
  scopes?: string[];
}

/** What is asked in the end: the standing permissions and the ticked optional ones, as far as the role in that workspace has them. */
export function grantedScopes(view: ConsentView, workspace: ConsentWorkspace, ticked: ReadonlySet<string>): string[] {
  return view.permissions
    .filter(({ scope, optional }) => workspace.may.includes(scope) && (!optional || ticked.has(scope)))
    .map(({ scope }) => scope);
}

/** The workspace chosen last time, else the only or first one. */
export function firstChoice(view: ConsentView): ConsentWorkspace | undefined {
  return view.workspaces.find(({ slug }) => slug === view.last_workspace) ?? view.workspaces[0];
}
