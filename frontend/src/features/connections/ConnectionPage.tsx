import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import type { ConnectionDetail } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkTabs } from "@/components/ui/LinkTabs";
import { PageHeader } from "@/components/ui/PageHeader";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { toolsThere } from "./attention";
import classes from "./ConnectionPage.module.css";
import { connectionQuery } from "./connectionQueries";
import { OwnAccount } from "./OwnAccount";
import { SignInOutcome } from "./SignInOutcome";
import { StateNote } from "./StateNote";
import { TestOutcome } from "./TestOutcome";
import { ToolsTab } from "./ToolsTab";
import { useTestConnection } from "./useTestConnection";

/** The other tabs weigh more than the first, with which the page opens. */
const AboutTab = lazy(() => import("./AboutTab"));
const CallsTab = lazy(() => import("./CallsTab"));
const SettingsTab = lazy(() => import("./SettingsTab"));
const HealthTab = lazy(() => import("./HealthTab"));

const route = getRouteApi("/w/$workspace/connections/$connection");

export function ConnectionPage() {
  const { connection: name } = route.useParams();
  const { slug } = useWorkspace();
  const query = useQuery(connectionQuery(slug, name));
  const failure = failureOf(query);
  // Somebody may have deleted it while it was on screen.
  const detail = failure?.isNotFound === true ? undefined : query.data;
  return (
    <>
      <Crumbs above={[{ label: "Connections", href: paths.connections({ workspace: slug }) }]} />
      {detail && <Connection key={detail.connection.id} detail={detail} />}
      {!detail && failure && (
        <>
          <PageHeader title={name} />
          <ErrorState error={failure} onRetry={() => void query.refetch()} />
        </>
      )}
      {!detail && !failure && <DetailSkeleton />}
    </>
  );
}

function Connection({ detail }: { detail: ConnectionDetail }) {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const tab = TABS.find((known) => known === search.tab);
  const { connection } = detail;
  const test = useTestConnection(slug, connection.name);
  return (
    <>
      <PageHeader
        title={connection.title}
        before={<ServiceAvatar name={connection.title} size="lg" />}
        after={<StateBadge state={connection.state} />}
        description={
          <>
            {connection.title !== connection.name && (
              <>
                <code>{connection.name}</code> ·{" "}
              </>
            )}
            {SINCE[connection.state]} <RelativeTime at={connection.since} />
          </>
        }
        actions={<TestButton isDisabled={connection.state === "DISABLED"} isPending={test.isPending} onClick={test.run} />}
      />
      <div className={classes.notes}>
        <FormError problem={test.problem} />
        {test.report && <TestOutcome report={test.report} onClose={test.forget} />}
        <SignInOutcome result={search.sign_in} connection={connection} />
        <StateNote connection={connection} />
        <OwnAccount connection={connection} />
      </div>
      <LinkTabs
        name={connection.title}
        href={paths.connection({ workspace: slug, connection: connection.name })}
        current={tab}
        tabs={[
          { value: undefined, label: "Tools", count: toolsThere(connection.tools) },
          { value: "calls", label: "Last calls" },
          { value: "health", label: "Health" },
          { value: "about", label: "About" },
          { value: "settings", label: "Settings" },
        ]}
      />
      {tab === undefined && <ToolsTab connection={connection} />}
      <Suspense fallback={<DetailSkeleton />}>
        {tab === "calls" && <CallsTab connection={connection} />}
        {tab === "health" && <HealthTab connection={connection} />}
        {tab === "about" && <AboutTab detail={detail} />}
        {tab === "settings" && <SettingsTab connection={connection} />}
      </Suspense>
    </>
  );
}

const TABS = ["calls", "health", "about", "settings"] as const;

const SINCE = { ACTIVE: "Became active", PENDING: "Asked", ERROR: "Began to fail", DISABLED: "Disabled" };

interface TestButtonProps {
  isDisabled: boolean;
  isPending: boolean;
  onClick: () => void;
}

function TestButton({ isDisabled, isPending, onClick }: TestButtonProps) {
  const forbidden = useWhyNot("connections:write");
  const whyNot = forbidden ?? (isDisabled ? "Enable the connection in its settings before testing it." : undefined);
  return (
    <GuardedButton variant="default" whyNot={whyNot} loading={isPending} onClick={onClick}>
      Test connection
    </GuardedButton>
  );
}
