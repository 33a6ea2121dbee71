import { useQuery } from "@tanstack/react-query";

import type { TopicReach } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";

import classes from "./NotificationsPage.module.css";
import { TOPICS } from "./kinds";
import { reachQuery } from "./noticeQueries";

/** For each topic, whether anybody would be told, and how. */
export function ReachSummary({ workspace }: { workspace: string }) {
  const { data } = useQuery(reachQuery(workspace));
  if (!data) return null;
  return (
    <div className={classes.reach}>
      {data.topics.map((reach) => (
        <Callout
          key={reach.topic}
          tone={reach.is_told ? "ok" : "warn"}
          title={`${TOPICS[reach.topic].label}: ${reach.is_told ? waysOf(reach) : "nobody would be told"}`}
        >
          {reach.reason !== null && <p>{reach.reason}</p>}
        </Callout>
      ))}
    </div>
  );
}

function waysOf({ by_mail: byMail, channels }: TopicReach): string {
  return new Intl.ListFormat("en").format([
    ...(byMail ? ["by e-mail to the people concerned"] : []),
    ...channels.map((name) => `over ${name}`),
  ]);
}
