import type { QueryClient } from "@tanstack/react-query";

import { KEYSET, queries } from "@/api/client";
import type { ApprovalLine, operations } from "@/api/generated/schema";
import { type Pages, pagesOf } from "@/api/pages";

/** What the pages of this feature read. */

export const countsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/approvals/counts", { params: { path: { workspace } } });

export const approvalQuery = (workspace: string, approval: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/approvals/{approval_id}", {
    params: { path: { workspace, approval_id: approval } },
  });

export type ApprovalsQuery = NonNullable<operations["approvals_list"]["parameters"]["query"]>;

/** What may wait for somebody: a decision, or word of what really happened. */
export const OPEN: ApprovalsQuery = { states: ["pending", "outcome_unknown"] };

export type Approvals = Pages<ApprovalLine>;

/** Pages of requests, newest first. */
export function useApprovals(workspace: string, query: ApprovalsQuery): Approvals {
  return pagesOf(
    queries.useInfiniteQuery("get", "/api/workspaces/{workspace}/approvals", { params: { path: { workspace }, query } }, KEYSET),
  );
}

/** What waits for this person, the oldest first. */
export function useWaiting(workspace: string): Approvals {
  const { lines, ...rest } = useApprovals(workspace, OPEN);
  return { lines: lines?.filter(waitsForYou).toReversed(), ...rest };
}

export function waitsForYou({ can_decide: canDecide, can_close: canClose }: ApprovalLine): boolean {
  return canDecide || canClose;
}

/** After a decision of one's own: live events say the same, but a person should not have to wait for them. */
export async function refreshApprovals(queryClient: QueryClient, workspace: string): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [, path, init] }) =>
      typeof path === "string" && path.startsWith("/api/workspaces/{workspace}/approvals") && isOf(init, workspace),
  });
}

function isOf(init: unknown, workspace: string): boolean {
  return (init as { params?: { path?: { workspace?: string } } } | undefined)?.params?.path?.workspace === workspace;
}
