import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import type { WorkspaceSettings } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { PageHeader } from "@/components/ui/PageHeader";
import { PageSection } from "@/components/ui/PageSection";
import { Pending } from "@/components/ui/Pending";
import { DetailSkeleton } from "@/components/ui/Skeletons";

import { SelfApprovalSwitch } from "./SelfApprovalSwitch";
import { settingsQuery } from "./settingsQueries";
import { useWhyNot, useWorkspace } from "./useWorkspace";
import { WorkspaceNameForm } from "./WorkspaceNameForm";

/** To search among four hundred zones weighs as much as the rest of the page. */
const TimeZoneForm = lazy(() => import("./TimeZoneForm"));

export function SettingsPage() {
  const { slug } = useWorkspace();
  const query = useQuery(settingsQuery(slug));
  return (
    <>
      <PageHeader title="Workspace" description="What holds for everybody in this workspace." />
      {query.data ? (
        <Settings settings={query.data} />
      ) : (
        <Pending skeleton={<DetailSkeleton />} error={failureOf(query)} onRetry={() => void query.refetch()} />
      )}
    </>
  );
}

function Settings({ settings: { name, slug, time_zone: zone, allows_self_approval: isOn } }: { settings: WorkspaceSettings }) {
  const whyNot = useWhyNot("workspace:write");
  return (
    <>
      {whyNot !== undefined && (
        <Callout tone="quiet" title="You can read these settings, but not change them">
          <p>{whyNot}</p>
        </Callout>
      )}
      <PageSection
        title="Name"
        words={
          <>
            Shown in the rail, on the consent page and in letters. The address stays <code>/w/{slug}</code>, so links keep
            working.
          </>
        }
      >
        <WorkspaceNameForm key={name} workspace={slug} name={name} whyNot={whyNot} />
      </PageSection>
      <PageSection title="Time zone" words="Days, weeks and months of budgets begin at midnight there.">
        <Suspense fallback={<Skeleton height={36} data-fill="" />}>
          <TimeZoneForm key={zone} workspace={slug} current={zone} whyNot={whyNot} />
        </Suspense>
      </PageSection>
      <PageSection
        title="Approvals"
        words="Who asks for something should not be the one who allows it. Leave this off unless one person works here alone."
      >
        <SelfApprovalSwitch workspace={slug} name={name} isOn={isOn} whyNot={whyNot} />
      </PageSection>
    </>
  );
}
