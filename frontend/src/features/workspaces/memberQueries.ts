import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

import { sessionQuery } from "../identity/session";

export const membersQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/members", { params: { path: { workspace } } });

export const invitationsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/invitations", { params: { path: { workspace } } });

/** After a change of one's own. The session too: it may have been one's own role. */
export async function refreshPeople(queryClient: QueryClient, workspace: string): Promise<void> {
  await Promise.all(
    [membersQuery(workspace), invitationsQuery(workspace), sessionQuery].map(({ queryKey }) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}
