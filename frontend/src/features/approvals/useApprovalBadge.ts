import { useQuery } from "@tanstack/react-query";

import { countsQuery } from "./approvalQueries";

/** How many requests wait for this person, for the rail. */
export function useApprovalBadge(workspace: string): { approvals?: number } {
  const { data } = useQuery(countsQuery(workspace));
  return data ? { approvals: data.waiting_for_me + data.to_close } : {};
}
