import { IconChecklist } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { EmptyState } from "@/components/ui/EmptyState";
import { FilterChips } from "@/components/ui/FilterChips";
import { LinkButton } from "@/components/ui/LinkButton";
import { LinkTabs } from "@/components/ui/LinkTabs";
import { PageHeader } from "@/components/ui/PageHeader";
import { paths } from "@/paths";

import { NobodyNotified } from "../notices/NobodyNotified";
import { useWorkspace } from "../workspaces/useWorkspace";
import { type ApprovalsQuery, countsQuery, useApprovals } from "./approvalQueries";
import { ApprovalsTable } from "./ApprovalsTable";
import { isState, STATES } from "./states";
import { WaitingForYou } from "./WaitingForYou";

const route = getRouteApi("/w/$workspace/approvals");

/** Calls that a policy holds back until people agree. */
export function ApprovalsPage() {
  const { slug, permissions } = useWorkspace();
  const { tab: asked } = route.useSearch();
  const { data: counts } = useQuery(countsQuery(slug));
  const tab = asked === "mine" || asked === "all" ? asked : undefined;
  const waiting = counts && counts.waiting_for_me + counts.to_close;
  return (
    <>
      <PageHeader
        title="Approvals"
        description="Calls that a policy holds back until somebody agrees. Each runs once, exactly as it was asked."
      />
      <NobodyNotified workspace={slug} about="approvals" />
      <LinkTabs
        name="Approvals"
        href={paths.approvals({ workspace: slug })}
        current={tab}
        tabs={[
          { value: undefined, label: "Waiting for you", count: waiting },
          { value: "mine", label: "Yours", count: counts?.mine_waiting },
          { value: "all", label: permissions.includes("approvals:decide") ? "All" : "All you may see" },
        ]}
      />
      {tab === undefined && <WaitingForYou workspace={slug} />}
      {tab === "mine" && <Everything key="mine" workspace={slug} isMine />}
      {tab === "all" && <Everything key="all" workspace={slug} isMine={false} />}
    </>
  );
}

/** Requests in any state; the state asked for is in the address. */
function Everything({ workspace, isMine }: { workspace: string; isMine: boolean }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { lines, error, retry, more } = useApprovals(workspace, queryOf(search.state, isMine));
  return (
    <>
      <FilterChips
        filters={STATES}
        values={search}
        onChange={(changed) => void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false })}
      />
      <ApprovalsTable
        name={isMine ? "Your requests" : "All requests"}
        workspace={workspace}
        rows={lines}
        error={error}
        onRetry={retry}
        more={more}
        isMine={isMine}
        empty={<NothingHere workspace={workspace} isFiltered={isState(search.state)} isMine={isMine} />}
      />
    </>
  );
}

function queryOf(state: string | undefined, isMine: boolean): ApprovalsQuery {
  return { ...(isState(state) && { states: [state] }), ...(isMine && { mine: true }) };
}

function NothingHere({ workspace, isFiltered, isMine }: { workspace: string; isFiltered: boolean; isMine: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState icon={IconChecklist} title="No request is in this state">
        Take the filter away to see the others.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconChecklist}
      title={isMine ? "You have asked for nothing" : "No call has needed approval"}
      action={
        <LinkButton to={paths.audit({ workspace })} variant="default">
          Open the audit
        </LinkButton>
      }
    >
      {isMine
        ? "When a policy holds back a call of yours, it stands here with its state, and with its result once it was carried out."
        : "A policy of the kind “Require approval” holds calls back until somebody agrees. They stand here, with who decided what and why."}
    </EmptyState>
  );
}
