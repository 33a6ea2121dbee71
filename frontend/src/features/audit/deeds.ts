import type { AuditLine } from "@/api/generated/schema";

/** Changes as people say them. One that is not known here is shown by its name. */
const DEEDS: Record<string, string> = {
  "apis.change": "Changed a REST API’s connection",
  "apis.connect": "Connected a REST API",
  "approvals.cancel": "Took a request for approval back",
  "approvals.close": "Said what became of a request",
  "approvals.decide": "Decided a request for approval",
  "approvals.decide_many": "Decided several requests for approval",
  "authorizations.create": "Authorized an app",
  "authorizations.revoke": "Revoked an app",
  "budgets.create": "Added a budget",
  "budgets.delete": "Deleted a budget",
  "budgets.update": "Changed a budget",
  "catalog.import": "Imported services into the gallery",
  "catalog.remove": "Removed a service from the gallery",
  "catalog.set_visibility": "Showed or hid a service in the gallery",
  "connections.begin_own_sign_in": "Began to sign in with their own account",
  "connections.create": "Added a connection",
  "connections.delete": "Removed a connection",
  "connections.enter_own_key": "Entered a key of their own",
  "connections.finish_own_sign_in": "Signed in with their own account",
  "connections.finish_sign_in": "Signed a connection in",
  "connections.own_account_ended": "The service ended the sign-in of their own account",
  "connections.set_sign_in_client": "Changed the app registered at a service",
  "connections.sign_in": "Began to sign a connection in",
  "connections.sign_in_ended": "The service ended the connection’s sign-in",
  "connections.sign_out": "Signed out of their own account",
  "connections.test": "Tested a connection",
  "connections.update": "Changed a connection",
  "consent.given": "Consented to an app",
  "groups.change": "Changed a group",
  "groups.create": "Made a group",
  "groups.delete": "Deleted a group",
  "invitations.accept": "Accepted an invitation",
  "invitations.create": "Invited somebody",
  "invitations.revoke": "Revoked an invitation",
  "members.change_role": "Changed a role",
  "members.remove": "Removed a member",
  "notices.change_channel": "Changed a notification channel",
  "notices.create_channel": "Added a notification channel",
  "notices.delete_channel": "Deleted a notification channel",
  "notices.test_channel": "Tested a notification channel",
  "prices.clear": "Removed a price",
  "prices.set": "Set a price",
  "policies.create": "Added a policy",
  "policies.delete": "Deleted a policy",
  "policies.reorder": "Reordered the policies",
  "policies.update": "Changed a policy",
  "tools.accept": "Accepted a tool",
  "tools.accept_all": "Accepted several tools",
  "tools.classify": "Classified a tool",
  "tools.describe": "Described a tool in other words",
  "tools.switch": "Turned tools on or off",
  "toolsets.create": "Made a toolset",
  "toolsets.delete": "Deleted a toolset",
  "toolsets.update": "Changed a toolset",
  "workspaces.change_settings": "Changed the workspace’s settings",
};

export function deedOf(operation: string): string {
  return DEEDS[operation] ?? operation;
}

/** How the audit names the place of the tools that are Conducktor's own; their names are whole already. */
export const OWN_TOOLS = "conducktr";

/** What a line is about, as ChatGPT or the person knows it: `linear-prod_create_issue`, or the change in words. */
export function titleOf({ kind, connection, method, tool }: Pick<AuditLine, "kind" | "connection" | "method" | "tool">): string {
  if (kind === "operation") return deedOf(tool);
  // Resources are named by their own addresses, and what was never found by what the app wrote.
  const isWhole = connection === null || connection === OWN_TOOLS || method.startsWith("resources/") || tool.includes("://");
  return `${isWhole ? tool : `${connection}_${tool}`}${ASIDE[method] ?? ""}`;
}

/** What is no use of the tool, prompt or resource itself says so, or a list would show two equal calls. */
const ASIDE: Record<string, string> = {
  "tasks/get": " (answer)",
  "resources/subscribe": " (subscription)",
  "completion/complete": " (suggestions)",
};

/** Through which app it came; what was done on these pages came through none. */
export function appOf({ client, surface }: Pick<AuditLine, "client" | "surface">): string {
  if (client !== null) return client;
  return surface === "mcp" ? "An app" : "Conducktor";
}
