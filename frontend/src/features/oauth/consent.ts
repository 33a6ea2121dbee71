/** What the consent page is shown and answers. */

import type {
  ConsentDecision,
  ConsentPermission,
  ConsentPerson,
  ConsentView as AnyConsentView,
  ConsentWorkspace,
  Scope,
} from "@/api/generated/schema";

export type { ConsentDecision, ConsentPermission, ConsentWorkspace };

/** Once somebody has signed in; how long the request lives is the server's business. */
export type ConsentView = Omit<AnyConsentView, "user" | "expires_at"> & { user: ConsentPerson };

/** What is asked in the end: the standing permissions and the ticked optional ones, as far as the role in that workspace has them. */
export function grantedScopes(view: ConsentView, workspace: ConsentWorkspace, ticked: ReadonlySet<string>): Scope[] {
  return view.permissions
    .filter(({ scope, optional }) => workspace.may.includes(scope) && (!optional || ticked.has(scope)))
    .map(({ scope }) => scope);
}

/** The workspace chosen last time, else the only or first one. */
export function firstChoice(view: ConsentView): ConsentWorkspace | undefined {
  return view.workspaces.find(({ slug }) => slug === view.last_workspace) ?? view.workspaces[0];
}
