import { IconBellRinging, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import type { ChannelView } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { useLast } from "@/components/ui/useLast";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import type { ChannelWish } from "./ChannelDialog";
import { ChannelsTable } from "./ChannelsTable";
import { DeleteChannel } from "./DeleteChannel";
import { channelsQuery } from "./noticeQueries";
import { ReachSummary } from "./ReachSummary";

const ChannelDialog = lazy(() => import("./ChannelDialog"));

/** Where this workspace's news goes, besides the web application. */
export function NotificationsPage() {
  const { slug } = useWorkspace();
  const whyNot = useWhyNot("workspace:write");
  const [wish, setWish] = useState<ChannelWish>();
  const lastWish = useLast(wish);
  const [leaving, setLeaving] = useState<ChannelView>();
  const add = (
    <GuardedButton
      whyNot={whyNot}
      leftSection={<IconPlus size={15} stroke={2} aria-hidden />}
      onClick={() => {
        setWish({ channel: undefined });
      }}
    >
      Add channel
    </GuardedButton>
  );
  return (
    <>
      <PageHeader
        title="Notifications"
        description="Where people are told that a call waits for approval, or that a budget runs out."
        actions={add}
      />
      <ReachSummary workspace={slug} />
      {whyNot === undefined ? (
        <Channels workspace={slug} onEdit={(channel) => setWish({ channel })} onDelete={setLeaving} add={add} />
      ) : (
        <ForbiddenState nextStep={whyNot} />
      )}
      <Suspense>
        {lastWish && (
          <ChannelDialog
            workspace={slug}
            wish={wish}
            onClose={() => {
              setWish(undefined);
            }}
          />
        )}
      </Suspense>
      <DeleteChannel
        workspace={slug}
        channel={leaving}
        onClose={() => {
          setLeaving(undefined);
        }}
      />
    </>
  );
}

interface ChannelsProps {
  workspace: string;
  onEdit: (channel: ChannelView) => void;
  onDelete: (channel: ChannelView) => void;
  add: React.ReactNode;
}

function Channels({ workspace, onEdit, onDelete, add }: ChannelsProps) {
  const { data, error, refetch } = useQuery(channelsQuery(workspace));
  return (
    <ChannelsTable
      workspace={workspace}
      rows={data}
      error={error}
      onRetry={() => void refetch()}
      onEdit={onEdit}
      onDelete={onDelete}
      empty={
        <EmptyState icon={IconBellRinging} title="Tell people where they are" action={add}>
          A channel takes news to where people look anyway: a mailbox, a chat, or a service of your own. Each message has a link
          to the page; none holds arguments of calls.
        </EmptyState>
      }
    />
  );
}
