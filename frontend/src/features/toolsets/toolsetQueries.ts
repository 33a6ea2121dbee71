import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

export const toolsetsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/toolsets", { params: { path: { workspace } } });

export const toolLinesQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/tools", { params: { path: { workspace } } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshToolsets(queryClient: QueryClient, workspace: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: toolsetsQuery(workspace).queryKey });
}
