import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

/** What the pages of this feature read. Loaders start these, pages use them. */

export const policiesQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/policies", { params: { path: { workspace } } });

export const policyQuery = (workspace: string, policy: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/policies/{policy_id}", {
    params: { path: { workspace, policy_id: policy } },
  });

export const versionsQuery = (workspace: string, policy: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/policies/{policy_id}/versions", {
    params: { path: { workspace, policy_id: policy } },
  });

/** The same for as long as the page is open: kinds change only with the server. */
export const kindsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/policies/kinds", { params: { path: { workspace } } });

export const templatesQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/policies/templates", { params: { path: { workspace } } });

export const toolLinesQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/tools", { params: { path: { workspace } } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshPolicies(queryClient: QueryClient, workspace: string): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [, path, init] }) =>
      typeof path === "string" && path.startsWith("/api/workspaces/{workspace}/policies") && isOf(init, workspace),
  });
}

function isOf(init: unknown, workspace: string): boolean {
  return (init as { params?: { path?: { workspace?: string } } } | undefined)?.params?.path?.workspace === workspace;
}
