import { useState } from "react";

import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { paths } from "@/paths";

import { useSession } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";
import { ConnectGuide } from "./ConnectGuide";
import { ConnectionHealth } from "./ConnectionHealth";
import { LastDay } from "./LastDay";
import { LatestDenials } from "./LatestDenials";
import classes from "./OverviewPage.module.css";
import { OverviewSkeleton } from "./OverviewSkeleton";
import { Spend } from "./Spend";
import { type GuideState, isConnected, useGuide } from "./useGuide";
import { WaitingApprovals } from "./WaitingApprovals";

/** Is everything all right? Until the first call arrives: how to get there. */
export function OverviewPage() {
  const { slug } = useWorkspace();
  const { installation } = useSession();
  const state = useGuide(slug);
  const { isShown, putAway } = useGuideShown(state);
  const { guide, error, retry } = state;
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          isShown === false && (
            <LinkButton to={paths.connectChatGpt({ workspace: slug })} variant="default">
              Connect ChatGPT
            </LinkButton>
          )
        }
      />
      {!guide && <Pending skeleton={<OverviewSkeleton />} error={error} onRetry={retry} />}
      {guide && (
        <div className={classes.parts}>
          {isShown && <ConnectGuide workspace={slug} installation={installation} guide={guide} onClose={putAway} />}
          <ConnectionHealth workspace={slug} connections={guide.connections} />
          <WaitingApprovals workspace={slug} />
          {guide.lastCall && (
            <>
              <Spend workspace={slug} />
              <LastDay workspace={slug} />
              <LatestDenials workspace={slug} />
            </>
          )}
        </div>
      )}
    </>
  );
}

/** The guide stays after the first call has arrived, green, until it is put away or the page is left. */
function useGuideShown(state: GuideState): { isShown: boolean | undefined; putAway: () => void } {
  const [isShown, setShown] = useState<boolean>();
  const connected = isConnected(state);
  if (isShown === undefined && connected !== undefined) setShown(!connected);
  return {
    isShown,
    putAway: () => {
      setShown(false);
    },
  };
}
