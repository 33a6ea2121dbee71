import { useNavigate } from "@tanstack/react-router";

import { paths } from "@/paths";

import { useWaiting } from "./approvalQueries";

/** Goes on to the oldest other request that waits for this person; to the list when there is none. */
export function useNextWaiting(workspace: string, current: string): () => Promise<void> {
  const navigate = useNavigate();
  const { lines } = useWaiting(workspace);
  return async () => {
    const next = lines?.find(({ id, can_decide: canDecide }) => id !== current && canDecide);
    await navigate({ to: next ? paths.approval({ workspace, approval: next.id }) : paths.approvals({ workspace }) });
  };
}
