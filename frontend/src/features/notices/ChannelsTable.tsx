import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { ChannelView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { KINDS, TOPICS } from "./kinds";
import { refreshNotices } from "./noticeQueries";
import classes from "./NotificationsPage.module.css";

export interface ChannelsTableProps {
  workspace: string;
  rows: readonly ChannelView[] | undefined;
  error: unknown;
  onRetry: () => void;
  onEdit: (channel: ChannelView) => void;
  onDelete: (channel: ChannelView) => void;
  empty: ReactNode;
}

export function ChannelsTable({ workspace, onEdit, onDelete, ...table }: ChannelsTableProps) {
  return <DataTable {...table} name="Channels" columns={columnsOf(workspace, onEdit, onDelete)} rowKey={({ id }) => id} />;
}

type Act = (channel: ChannelView) => void;

function columnsOf(workspace: string, onEdit: Act, onDelete: Act): Column<ChannelView>[] {
  return [
    {
      key: "name",
      header: "Channel",
      width: "18%",
      cell: ({ name, is_enabled: isEnabled }) => (
        <span className={classes.name}>
          <span title={name}>{name}</span>
          {!isEnabled && <span className={classes.tag}>Off</span>}
        </span>
      ),
    },
    {
      key: "target",
      header: "Leads to",
      width: "24%",
      cell: ({ kind, target }) => (
        <span title={target}>
          {KINDS[kind].label} <span className={classes.quiet}>{target}</span>
        </span>
      ),
    },
    {
      key: "topics",
      header: "Tells of",
      width: "9.5rem",
      isSecondary: true,
      cell: ({ topics }) => <span className={classes.quiet}>{topics.map((topic) => TOPICS[topic].label).join(", ")}</span>,
    },
    { key: "last", header: "Last message", isLong: true, cell: (channel) => <Last channel={channel} /> },
    {
      key: "act",
      header: "",
      width: "12rem",
      align: "right",
      cell: (channel) => (
        <span className={classes.buttons}>
          <TestButton workspace={workspace} channel={channel} />
          <Button size="compact-xs" variant="default" aria-label={`Edit ${channel.name}`} onClick={() => onEdit(channel)}>
            Edit
          </Button>
          <Button size="compact-xs" variant="default" aria-label={`Delete ${channel.name}`} onClick={() => onDelete(channel)}>
            Delete
          </Button>
        </span>
      ),
    },
  ];
}

function Last({ channel: { last_problem: problem, last_delivered_at: at } }: { channel: ChannelView }) {
  if (problem !== null) {
    return (
      <span className={classes.problem} title={problem}>
        {problem}
      </span>
    );
  }
  if (at === null) return <span className={classes.quiet}>none yet</span>;
  return (
    <span className={classes.quiet}>
      delivered <RelativeTime at={at} />
    </span>
  );
}

function TestButton({ workspace, channel: { id, name } }: { workspace: string; channel: ChannelView }) {
  const queryClient = useQueryClient();
  const test = useMutation({
    mutationFn: async () => {
      const { data } = await api.POST("/api/workspaces/{workspace}/notices/channels/{channel_id}/test", {
        params: { path: { workspace, channel_id: id } },
      });
      await refreshNotices(queryClient, workspace);
      return data?.problem ?? undefined;
    },
    onSuccess: (problem) => {
      if (problem === undefined) notifications.show({ message: `${name} took the test message.` });
      else notifications.show({ color: "red", title: `${name} did not take the test message`, message: problem });
    },
    onError: (error) => {
      const { title, message } = asProblem(error);
      notifications.show({ color: "red", title, message });
    },
  });
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Test ${name}`}
      loading={test.isPending}
      onClick={() => {
        test.mutate();
      }}
    >
      Test
    </Button>
  );
}
