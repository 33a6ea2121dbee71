import { IconDoorExit } from "@tabler/icons-react";

import { LinkButton } from "@/components/ui/LinkButton";
import { StatePanel } from "@/components/ui/StatePanel";
import { paths } from "@/paths";

/** What an open page becomes when its reader is removed from the workspace. */
export function NoLongerMember({ workspace }: { workspace: string }) {
  return (
    <StatePanel
      icon={IconDoorExit}
      title={`You no longer belong to ${workspace}`}
      role="alert"
      actions={
        <LinkButton to={paths.home()} variant="default">
          Go to your workspace
        </LinkButton>
      }
    >
      <title>Removed · Conducktor</title>
      <p>
        An owner or admin removed you, and the apps that acted for you there have stopped. Your account stays; to come back, ask
        them to invite you again.
      </p>
    </StatePanel>
  );
}
