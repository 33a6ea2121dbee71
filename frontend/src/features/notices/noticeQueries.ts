import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

/** What the pages of this feature read. */

export const channelsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/notices/channels", { params: { path: { workspace } } });

export const reachQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/notices/reach", { params: { path: { workspace } } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshNotices(queryClient: QueryClient, workspace: string): Promise<void> {
  await Promise.all(
    [channelsQuery(workspace), reachQuery(workspace)].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })),
  );
}
