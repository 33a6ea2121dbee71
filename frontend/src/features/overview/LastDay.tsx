import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { AuditSummary } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { paths } from "@/paths";

import { summaryQuery } from "../audit/auditQueries";
import { type AuditSearch, UNSUCCESSFUL } from "../audit/auditSearch";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./OverviewPage.module.css";

/** What happened within 24 hours, in three figures; each leads to its calls. */
export function LastDay({ workspace }: { workspace: string }) {
  const { permissions } = useWorkspace();
  const { data, error, refetch } = useQuery(summaryQuery(workspace));
  const retry = () => void refetch();
  const trouble: unknown = data ? undefined : error;
  return (
    <section aria-labelledby="last-day">
      <h2 id="last-day" className={classes.heading}>
        {permissions.includes("audit:read") ? "Calls of the last 24 hours" : "Your calls of the last 24 hours"}
      </h2>
      {trouble ? (
        <ErrorState error={trouble} onRetry={retry} />
      ) : (
        <div className={classes.figures}>
          {FIGURES.map(({ label, key, filter }) => (
            <Link
              key={key}
              to={paths.audit({ workspace })}
              search={{ kind: "call", time: "24h", ...filter }}
              className={classes.figure}
            >
              <span className={classes.label}>{label}</span>
              {data ? <Figure of={key} summary={data} /> : <Skeleton height={28} width="3rem" radius="sm" my={5} />}
            </Link>
          ))}
        </div>
      )}
    </section>
  );
}

type Key = "calls" | "denied" | "failed";

const FIGURES: readonly { label: string; key: Key; filter: AuditSearch }[] = [
  { label: "Calls", key: "calls", filter: {} },
  { label: "Denied", key: "denied", filter: { outcome: "denied" } },
  { label: "Failed", key: "failed", filter: { outcome: UNSUCCESSFUL } },
];

function Figure({ of, summary }: { of: Key; summary: AuditSummary }) {
  const count = summary[of];
  const isShare = of !== "calls" && count > 0;
  return (
    <>
      <span className={classes.number}>{count.toLocaleString("en")}</span>
      {isShare && <span className={classes.share}>{shareOf(count, summary.calls)}</span>}
    </>
  );
}

function shareOf(count: number, all: number): string {
  const percent = (100 * count) / Math.max(1, all);
  return percent < 1 ? "under 1 % of calls" : `${String(Math.round(percent))} % of calls`;
}
