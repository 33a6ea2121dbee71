import { queries } from "@/api/client";

import type { Days } from "./period";

/** Costs of today grow with each call: looked at again now and then rather than with each of them. */
const LOOK_AGAIN_MS = 30_000;

export const usageQuery = (workspace: string, days: Days | undefined) => ({
  ...queries.queryOptions("get", "/api/workspaces/{workspace}/usage", {
    params: { path: { workspace }, query: days ? { first_day: days.first, last_day: days.last } : {} },
  }),
  refetchInterval: LOOK_AGAIN_MS,
});

/** This month so far, in short. */
export const statsQuery = (workspace: string) => ({
  ...queries.queryOptions("get", "/api/workspaces/{workspace}/usage/stats", {
    params: { path: { workspace }, query: { period: "month" as const } },
  }),
  refetchInterval: LOOK_AGAIN_MS,
});

/** The same days as a file, one line a call. */
export function exportHref(workspace: string, { first, last }: Days): string {
  const days = new URLSearchParams({ first_day: first, last_day: last });
  return `/api/workspaces/${encodeURIComponent(workspace)}/usage.csv?${days.toString()}`;
}
