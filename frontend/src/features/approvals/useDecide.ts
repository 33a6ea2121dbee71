import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { ApprovalLine, DecidedItem } from "@/api/generated/schema";

import { refreshApprovals } from "./approvalQueries";

export type Decision = "approve" | "deny";

export const VERBS: Record<Decision, string> = { approve: "Approve", deny: "Deny" };

/** As the server has it. */
export const COMMENT_MAX = 1000;

/** What people do with requests. Each makes fresh what is on screen, also when the server refuses: somebody may have been faster. */
export function useDecide(workspace: string) {
  const queryClient = useQueryClient();
  const at = (approval: string) => ({ params: { path: { workspace, approval_id: approval } } });

  async function thenRefresh<Answer>(asked: Promise<{ data?: Answer }>): Promise<Answer> {
    try {
      return (await asked).data as Answer;
    } finally {
      await refreshApprovals(queryClient, workspace);
    }
  }

  return {
    decide: (approval: string, decision: Decision, comment: string): Promise<ApprovalLine> =>
      thenRefresh(
        api.POST("/api/workspaces/{workspace}/approvals/{approval_id}/decision", {
          ...at(approval),
          body: { decision, comment: comment.trim() || null },
        }),
      ),
    decideMany: async (approvals: readonly string[], decision: Decision, comment: string): Promise<DecidedItem[]> => {
      const { items } = await thenRefresh(
        api.POST("/api/workspaces/{workspace}/approvals/decisions", {
          params: { path: { workspace } },
          body: { approval_ids: [...approvals], decision, comment: comment.trim() || null },
        }),
      );
      return items;
    },
    cancel: (approval: string): Promise<ApprovalLine> =>
      thenRefresh(api.POST("/api/workspaces/{workspace}/approvals/{approval_id}/cancellation", at(approval))),
    close: (approval: string, happened: boolean, comment: string): Promise<ApprovalLine> =>
      thenRefresh(
        api.POST("/api/workspaces/{workspace}/approvals/{approval_id}/closing", {
          ...at(approval),
          body: { happened, comment: comment.trim() },
        }),
      ),
  };
}
