import { useQuery } from "@tanstack/react-query";

import type { Topic } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

import { useWhyNot } from "../workspaces/useWorkspace";
import classes from "./NobodyNotified.module.css";
import { reachQuery } from "./noticeQueries";

/** A warning where news of this topic would reach nobody outside this application. Says nothing as long as all is well. */
export function NobodyNotified({ workspace, about }: { workspace: string; about: Topic }) {
  const { data } = useQuery(reachQuery(workspace));
  const whyNot = useWhyNot("workspace:write");
  const reach = data?.topics.find(({ topic }) => topic === about);
  if (!reach || reach.is_told) return null;
  return (
    <div className={classes.warning}>
      <Callout
        tone="warn"
        title={TITLES[about]}
        actions={
          whyNot === undefined && (
            <LinkButton size="xs" variant="default" to={paths.notifications({ workspace })}>
              Set up notifications
            </LinkButton>
          )
        }
      >
        <p>
          {reach.reason} {whyNot !== undefined && "An admin or owner can set one up under Settings, Notifications."}
        </p>
      </Callout>
    </div>
  );
}

const TITLES: Record<Topic, string> = {
  approvals: "Nobody would be told of a new request",
  budgets: "Nobody would be told when a budget runs out",
  connections: "Nobody would be told when a connection goes down",
};
