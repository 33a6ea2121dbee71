import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { ChannelView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useLast } from "@/components/ui/useLast";

import { TOPICS } from "./kinds";
import { refreshNotices } from "./noticeQueries";

export interface DeleteChannelProps {
  workspace: string;
  channel: ChannelView | undefined;
  onClose: () => void;
}

export function DeleteChannel({ workspace, channel, onClose }: DeleteChannelProps) {
  const queryClient = useQueryClient();
  const shown = useLast(channel);
  if (!shown) return null;
  return (
    <ConfirmDialog
      isOpen={channel !== undefined}
      verb="Delete channel"
      name={shown.name}
      consequences={[
        `News of ${shown.topics.map((topic) => TOPICS[topic].label.toLowerCase()).join(" and ")} no longer goes there.`,
        "What is still on its way there is dropped, and its address and secret are forgotten.",
      ]}
      onConfirm={async () => {
        await api.DELETE("/api/workspaces/{workspace}/notices/channels/{channel_id}", {
          params: { path: { workspace, channel_id: shown.id } },
        });
        await refreshNotices(queryClient, workspace);
      }}
      onClose={onClose}
    />
  );
}
