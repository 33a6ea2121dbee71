import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

export const groupsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/groups", { params: { path: { workspace } } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshGroups(queryClient: QueryClient, workspace: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: groupsQuery(workspace).queryKey });
}
