import type { QueryClient } from "@tanstack/react-query";

import { queries } from "@/api/client";

/** What the pages of this feature read. Loaders start these, pages use them. */

export const connectionsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections", { params: { path: { workspace } } });

export const connectionQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}", { params: { path: { workspace, name } } });

export const healthQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/health", { params: { path: { workspace, name } } });

export const healthHistoryQuery = (workspace: string, name: string, days: number) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/health/history", {
    params: { path: { workspace, name }, query: { days } },
  });

export const localLogQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/log", { params: { path: { workspace, name } } });

export const signInQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/sign-in", {
    params: { path: { workspace, name } },
  });

export const toolsQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/tools", { params: { path: { workspace, name } } });

export const catalogQuery = (workspace: string, query: { search?: string; category?: string } = {}) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/catalog", { params: { path: { workspace }, query } });

/** After a change of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshConnections(queryClient: QueryClient, workspace: string): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [, path, init] }) => isAboutConnections(path) && isOf(init, workspace),
  });
}

function isAboutConnections(path: unknown): boolean {
  return typeof path === "string" && /^\/api\/workspaces\/\{workspace\}\/(connections|catalog)\b/.test(path);
}

function isOf(init: unknown, workspace: string): boolean {
  return (init as { params?: { path?: { workspace?: string } } } | undefined)?.params?.path?.workspace === workspace;
}
