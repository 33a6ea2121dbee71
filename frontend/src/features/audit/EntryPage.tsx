import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { AuditDetail } from "@/api/generated/schema";
import { Callout, type CalloutTone } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { Arguments } from "./Arguments";
import { entryQuery } from "./auditQueries";
import { titleOf } from "./deeds";
import { EntryFacts } from "./EntryFacts";
import classes from "./EntryPage.module.css";
import { meaningOf, stateOf } from "./outcomes";

const route = getRouteApi("/w/$workspace/audit/$entry");

export function EntryPage() {
  const { slug } = useWorkspace();
  const { entry } = route.useParams();
  const { data, error, refetch } = useQuery(entryQuery(slug, entry));
  const retry = () => void refetch();
  return (
    <>
      <Crumbs above={[{ label: "Audit", href: paths.audit({ workspace: slug }) }]} />
      {data ? <Entry workspace={slug} detail={data} /> : <Missing error={error} onRetry={retry} />}
    </>
  );
}

function Missing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (!error) return <DetailSkeleton />;
  return (
    <>
      <PageHeader title="Entry of the audit" />
      <ErrorState error={error} onRetry={onRetry} />
    </>
  );
}

function Entry({ workspace, detail }: { workspace: string; detail: AuditDetail }) {
  const { line } = detail;
  const { tab } = route.useSearch();
  return (
    <>
      <PageHeader
        title={titleOf(line)}
        after={<StateBadge state={stateOf(line)} />}
        description={
          <>
            {line.person}, <RelativeTime at={line.at} />
          </>
        }
        actions={
          line.kind === "call" && (
            <LinkButton
              to={paths.audit({ workspace })}
              search={{ connection: line.connection ?? undefined, tool: line.tool }}
              variant="default"
            >
              All calls of this tool
            </LinkButton>
          )
        }
      />
      <div className={classes.outcome}>
        <Callout
          tone={TONES[stateOf(line)] ?? "quiet"}
          title={line.reason === null ? meaningOf(line) : <PlainText text={line.reason} />}
        >
          {line.reason !== null && <p>{meaningOf(line)}</p>}
        </Callout>
      </div>
      <div className={classes.columns}>
        <Arguments
          heading={line.kind === "call" ? "Arguments" : "Input"}
          text={detail.arguments}
          withheld={detail.arguments_withheld}
          href={paths.auditEntry({ workspace, entry: line.id })}
          tab={tab}
        />
        <EntryFacts workspace={workspace} detail={detail} />
      </div>
    </>
  );
}

const TONES: Record<string, CalloutTone> = {
  ok: "ok",
  tool_error: "warn",
  denied: "bad",
  pending_approval: "warn",
  upstream_error: "bad",
  failed: "bad",
  unknown: "warn",
};
