import { KEYSET, queries } from "@/api/client";
import type { AuditLine } from "@/api/generated/schema";
import { type Pages, pagesOf } from "@/api/pages";

import type { AuditQuery } from "./auditSearch";

/** What the pages of this feature read. */

export const entryQuery = (workspace: string, entry: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/audit/{entry_id}", {
    params: { path: { workspace, entry_id: entry } },
  });

export const facetsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/audit-facets", { params: { path: { workspace } } });

export const summaryQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/audit-summary", { params: { path: { workspace } } });

/** Pages of the audit, newest first. Every reader of the list goes through here: its cache holds pages, not one answer. */
export function useAuditLines(workspace: string, query: AuditQuery): Pages<AuditLine> {
  return pagesOf(
    queries.useInfiniteQuery("get", "/api/workspaces/{workspace}/audit", { params: { path: { workspace }, query } }, KEYSET),
  );
}
