import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

/** What the pages of this feature read. */

export const budgetsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/budgets", { params: { path: { workspace } } });

export const pricesQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/prices", { params: { path: { workspace } } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshBudgets(queryClient: QueryClient, workspace: string): Promise<void> {
  await Promise.all(
    [budgetsQuery(workspace), pricesQuery(workspace)].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })),
  );
}
