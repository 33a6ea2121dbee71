import type { VoteView } from "@/api/generated/schema";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";

import classes from "./ApprovalPage.module.css";

/** Who said what. */
export function Votes({ votes }: { votes: readonly VoteView[] }) {
  if (votes.length === 0) return null;
  return (
    <section aria-labelledby="votes">
      <h2 id="votes" className={classes.heading}>
        Decided so far
      </h2>
      <ul className={classes.votes}>
        {votes.map(({ person_id: id, person, decision, comment, voted_at: at }) => (
          <li key={id}>
            <StateBadge state={decision === "approve" ? "approved" : "denied"} isPlain /> by {person},{" "}
            <span className={classes.when}>
              <RelativeTime at={at} />
            </span>
            {comment !== null && <p>{comment}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
