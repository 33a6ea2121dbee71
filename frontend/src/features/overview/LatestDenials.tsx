import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { useAuditLines } from "../audit/auditQueries";
import type { AuditQuery } from "../audit/auditSearch";
import { AuditTable } from "../audit/AuditTable";
import classes from "./OverviewPage.module.css";

const SHOWN = 5;
const DENIED: AuditQuery = { kind: "call", outcome: ["denied"] };

/** What was refused lately, and why. */
export function LatestDenials({ workspace }: { workspace: string }) {
  const { lines, error, retry } = useAuditLines(workspace, DENIED);
  return (
    <section aria-labelledby="latest-denials">
      <h2 id="latest-denials" className={classes.heading}>
        Latest denials
        <Link to={paths.audit({ workspace })} search={{ kind: "call", outcome: "denied" }}>
          All denials
        </Link>
      </h2>
      <AuditTable
        name="Latest denials"
        workspace={workspace}
        rows={lines?.slice(0, SHOWN)}
        error={error}
        onRetry={retry}
        isOneOutcome
        empty={<p className={classes.quiet}>No call has been denied.</p>}
      />
    </section>
  );
}
