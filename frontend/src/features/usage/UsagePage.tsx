import { IconChartBar, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, SegmentedControl, Skeleton } from "@mantine/core";
import { useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import type { UsageReport } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { paths } from "@/paths";

import { TimeChip } from "../audit/TimeChip";
import { settingsQuery } from "../workspaces/settingsQueries";
import { useWorkspace } from "../workspaces/useWorkspace";
import type { Measure } from "./chart";
import { DaysChart } from "./DaysChart";
import { type Days, periodOf, PERIODS, todayIn } from "./period";
import { Unpriced } from "./Unpriced";
import { UsageBudgets } from "./UsageBudgets";
import { UsageFigures } from "./UsageFigures";
import classes from "./UsagePage.module.css";
import { UsageTables } from "./UsageTables";
import { exportHref, usageQuery } from "./usageQueries";

const route = getRouteApi("/w/$workspace/usage");

/** What was called, by whom, how well it went, and what it cost. */
export function UsagePage() {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = useDays(slug, search.time);
  const query = useQuery(usageQuery(slug, days));
  const report = query.data;
  return (
    <>
      <PageHeader
        title="Usage"
        description="What was called, how well it went, and what it cost. The figures are sums over the audit."
        actions={report && <Export workspace={slug} report={report} />}
      />
      <div className={classes.filters}>
        <TimeChip
          value={search.time}
          spans={PERIODS}
          otherwise="Last 30 days"
          onChange={(time) => void navigate({ search: { ...search, time }, replace: true, resetScroll: false })}
        />
        {report && <span className={classes.zone}>Days begin at midnight in {report.time_zone.replaceAll("_", " ")}</span>}
      </div>
      {report ? (
        <Report workspace={slug} report={report} />
      ) : (
        <Pending skeleton={<UsageSkeleton />} error={failureOf(query)} onRetry={() => void query.refetch()} />
      )}
    </>
  );
}

/** The days of the address, by the workspace's calendar as far as its zone is known. */
function useDays(workspace: string, time: string | undefined): Days | undefined {
  const { data: settings } = useQuery(settingsQuery(workspace));
  const [now] = useState(() => new Date());
  return periodOf(time, todayIn(settings?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, now));
}

function Report({ workspace, report }: { workspace: string; report: UsageReport }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isCosts = search.show === undefined ? report.total.cost_micro_usd > 0 : search.show !== "calls";
  const measure: Measure = isCosts ? "cost" : "calls";
  if (report.total.calls === 0) return <NothingCalled workspace={workspace} />;
  return (
    <div className={classes.parts}>
      <Unpriced workspace={workspace} total={report.total} />
      <UsageFigures total={report.total} />
      <section aria-labelledby="by-day">
        <div className={classes.head}>
          <h2 id="by-day" className={classes.heading}>
            By day
          </h2>
          <SegmentedControl
            size="xs"
            aria-label="What the bars show"
            data={MEASURES}
            value={measure}
            onChange={(show) => void navigate({ search: { ...search, show }, replace: true, resetScroll: false })}
          />
        </div>
        <DaysChart days={report.days} measure={measure} />
      </section>
      <UsageBudgets workspace={workspace} />
      <UsageTables workspace={workspace} report={report} />
    </div>
  );
}

const MEASURES = [
  { value: "cost", label: "Costs" },
  { value: "calls", label: "Calls" },
];

function Export({ workspace, report }: { workspace: string; report: UsageReport }) {
  return (
    <Button
      component="a"
      variant="default"
      href={exportHref(workspace, { first: report.first_day, last: report.last_day })}
      download
      leftSection={<IconDownload size={15} stroke={1.75} aria-hidden />}
    >
      Export CSV
    </Button>
  );
}

function NothingCalled({ workspace }: { workspace: string }) {
  return (
    <EmptyState
      icon={IconChartBar}
      title="No calls in this time"
      action={
        <LinkButton to={paths.connectChatGpt({ workspace })} variant="default">
          Connect ChatGPT
        </LinkButton>
      }
    >
      As soon as an app calls a tool, its calls, errors, latency and costs stand here by day, connection, person, tool and
      conversation. Costs need prices: set them under Budgets.
    </EmptyState>
  );
}

/** Four figures, a chart, a table. */
function UsageSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className={classes.parts} aria-hidden>
        <Skeleton height={88} radius="xl" />
        <Skeleton height={240} radius="md" />
        <Skeleton height={160} radius="md" />
      </div>
    </div>
  );
}
