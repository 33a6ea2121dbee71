import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { useWaiting } from "../approvals/approvalQueries";
import { ApprovalsTable } from "../approvals/ApprovalsTable";
import classes from "./OverviewPage.module.css";

const SHOWN = 5;

/** What waits for this person, the oldest first; nothing stands here while nothing does. */
export function WaitingApprovals({ workspace }: { workspace: string }) {
  const { lines, error, retry } = useWaiting(workspace);
  if (!error && (lines === undefined || lines.length === 0)) return null;
  return (
    <section aria-labelledby="waiting-approvals">
      <h2 id="waiting-approvals" className={classes.heading}>
        Waiting for your approval
        <Link to={paths.approvals({ workspace })}>All approvals</Link>
      </h2>
      <ApprovalsTable
        name="Waiting for your approval"
        workspace={workspace}
        rows={lines?.slice(0, SHOWN)}
        error={error}
        onRetry={retry}
        empty={null}
      />
    </section>
  );
}
