import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { ConnectionView, HealthHistory, PeriodView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { KeyFigures } from "@/components/ui/KeyFigures";
import { Pending } from "@/components/ui/Pending";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";

import { durationOf } from "../audit/measures";
import { useWorkspace } from "../workspaces/useWorkspace";
import { healthHistoryQuery } from "./connectionQueries";
import { HealthChart } from "./HealthChart";
import classes from "./HealthTab.module.css";
import { percentOf, spanOf } from "./healthWords";
import { LocalLog } from "./LocalLog";

const route = getRouteApi("/w/$workspace/connections/$connection");

/** Uptime, latency and every change of the status: how the connection was. */
export default function HealthTab({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = RANGES.find(({ value }) => value === search.days)?.value ?? "1";
  const query = useQuery({ ...healthHistoryQuery(slug, connection.name, Number(days)), refetchInterval: ASK_AGAIN_MS });
  const history = query.data;
  return (
    <div className={classes.health}>
      <div className={classes.head}>
        <span className={classes.words}>
          How long its server took to answer calls and Conducktor’s own checks, and when it could not be used. Kept for 30 days.
        </span>
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          data={RANGES}
          value={days}
          onChange={(chosen) => void navigate({ search: { ...search, days: chosen }, replace: true, resetScroll: false })}
        />
      </div>
      {history ? (
        <History history={history} />
      ) : (
        <Pending skeleton={<DetailSkeleton />} error={failureOf(query)} onRetry={() => void query.refetch()} />
      )}
      {connection.transport === "stdio" && <LocalLog name={connection.name} />}
    </div>
  );
}

const ASK_AGAIN_MS = 60_000;
const RANGES = [
  { value: "1", label: "24 hours" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
];

function History({ history }: { history: HealthHistory }) {
  return (
    <>
      <Figures history={history} />
      <HealthChart history={history} />
      <section>
        <h2 className={classes.heading}>Changes</h2>
        <DataTable
          name="Changes of its status"
          columns={CHANGES}
          rows={history.changes}
          rowKey={({ since, status }) => `${since} ${status}`}
          empty="Nothing changed in this time."
        />
      </section>
    </>
  );
}

function Figures({
  history: { uptime_percent: uptime, calls, failed_calls: failed, p50_ms: p50, p95_ms: p95 },
}: {
  history: HealthHistory;
}) {
  return (
    <KeyFigures
      figures={[
        {
          name: "Uptime",
          figure: uptime === null ? "–" : percentOf(uptime),
          more: uptime === null && "nothing to count in this time: it was new, disabled or waited for a sign-in",
        },
        {
          name: "Calls",
          figure: calls.toLocaleString("en"),
          more: failed > 0 && `${failed.toLocaleString("en")} without a usable answer`,
        },
        {
          name: "Latency",
          figure: p50 === null ? "–" : durationOf(p50),
          more: p95 !== null && `95 % within ${durationOf(p95)}`,
        },
      ]}
    />
  );
}

const CHANGES: readonly Column<PeriodView>[] = [
  { key: "status", header: "Status", width: "11rem", cell: ({ status }) => <StateBadge state={status} isPlain /> },
  { key: "since", header: "Since", width: "9rem", cell: ({ since }) => <RelativeTime at={since} /> },
  {
    key: "lasted",
    header: "Lasted",
    width: "8rem",
    cell: ({ since, until }) => (until === null ? "until now" : spanOf(since, until)),
  },
  { key: "cause", header: "Cause", isLong: true, cell: ({ cause }) => <span className={classes.cause}>{cause}</span> },
];
