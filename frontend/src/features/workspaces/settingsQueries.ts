import { type QueryClient, useQueryClient } from "@tanstack/react-query";

import { api, queries } from "@/api/client";
import type { ChangeSettings } from "@/api/generated/schema";

import { sessionQuery } from "../identity/session";

export const settingsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/settings", { params: { path: { workspace } } });

/** Changes what is given and leaves the rest; the rail shows a new name at once. */
export function useChangeSettings(workspace: string): (change: ChangeSettings) => Promise<void> {
  const queryClient = useQueryClient();
  return async (body) => {
    await api.PATCH("/api/workspaces/{workspace}/settings", { params: { path: { workspace } }, body });
    await refresh(queryClient, workspace);
  };
}

async function refresh(queryClient: QueryClient, workspace: string): Promise<void> {
  await Promise.all([settingsQuery(workspace), sessionQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
}
