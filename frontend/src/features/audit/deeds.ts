import type { AuditLine } from "@/api/generated/schema";

/** Changes as people say them. One that is not known here is shown by its name. */
const DEEDS: Record<string, string> = {
  "approvals.cancel": "Took a request for approval back",
  "approvals.close": "Said what became of a request",
  "approvals.decide": "Decided a request for approval",
  "approvals.decide_many": "Decided several requests for approval",
  "authorizations.create": "Authorised an app",
  "authorizations.revoke": "Revoked an app",
  "budgets.create": "Added a budget",
  "budgets.delete": "Deleted a budget",
  "budgets.update": "Changed a budget",
  "connections.create": "Added a connection",
  "connections.delete": "Removed a connection",
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
  "tools.classify": "Classified a tool",
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
  const isWhole = connection === null || connection === OWN_TOOLS || method === "resources/read";
  return isWhole ? tool : `${connection}_${tool}`;
}

/** Through which app it came; what was done on these pages came through none. */
export function appOf({ client, surface }: Pick<AuditLine, "client" | "surface">): string {
  if (client !== null) return client;
  return surface === "mcp" ? "An app" : "Conducktor";
}
