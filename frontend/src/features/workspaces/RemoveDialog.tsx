import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "@/api/client";
import type { MemberView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useLast } from "@/components/ui/useLast";
import { paths } from "@/paths";

import { refreshSession } from "../identity/session";
import { refreshPeople } from "./memberQueries";
import { useWorkspace } from "./useWorkspace";

export interface RemoveDialogProps {
  workspace: string;
  member: MemberView | undefined;
  isSelf: boolean;
  onClose: () => void;
}

/** Asks before somebody is removed, or before one leaves. */
export function RemoveDialog({ workspace, member, isSelf, onClose }: RemoveDialogProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { name } = useWorkspace();
  const shown = useLast(member);
  if (!shown) return null;
  const who = isSelf ? "You" : shown.name;
  return (
    <ConfirmDialog
      isOpen={member !== undefined}
      verb={isSelf ? "Leave" : "Remove"}
      name={isSelf ? name : shown.name}
      consequences={[
        `${who} can no longer open this workspace, and apps that act for ${isSelf ? "you" : "this person"} here stop working, within a second.`,
        `${isSelf ? "Your account stays. To come back, you" : "The account stays. To come back, this person"} must be invited again.`,
        `What ${isSelf ? "you have" : "this person has"} done here stays in the audit.`,
      ]}
      onConfirm={async () => {
        await api.DELETE("/api/workspaces/{workspace}/members/{user_id}", {
          params: { path: { workspace, user_id: shown.user_id } },
        });
        if (!isSelf) return refreshPeople(queryClient, workspace);
        await refreshSession(queryClient);
        await navigate({ to: paths.home() });
      }}
      onClose={onClose}
    />
  );
}
