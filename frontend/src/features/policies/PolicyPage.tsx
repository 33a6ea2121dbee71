import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconListSearch, IconPencil } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { PolicyView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { LinkTabs } from "@/components/ui/LinkTabs";
import { PageHeader } from "@/components/ui/PageHeader";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { PolicyHistory } from "./PolicyHistory";
import classes from "./PolicyPage.module.css";
import { policyQuery, refreshPolicies } from "./policyQueries";
import { PolicySummary } from "./PolicySummary";
import { whyNotChange } from "./rights";
import { applicationOf } from "./words";

const route = getRouteApi("/w/$workspace/policies/$policy");

export function PolicyPage() {
  const { policy: id } = route.useParams();
  const { slug } = useWorkspace();
  const query = useQuery(policyQuery(slug, id));
  const failure = failureOf(query);
  // Somebody may have deleted it while it was on screen.
  const policy = failure?.isNotFound === true ? undefined : query.data;
  return (
    <>
      <Crumbs above={[{ label: "Policies", href: paths.policies({ workspace: slug }) }]} />
      {policy && <Policy key={policy.id} policy={policy} />}
      {!policy && failure && (
        <>
          <PageHeader title="Policy" />
          <ErrorState error={failure} onRetry={() => void query.refetch()} />
        </>
      )}
      {!policy && !failure && <DetailSkeleton />}
    </>
  );
}

function Policy({ policy }: { policy: PolicyView }) {
  const { slug, role } = useWorkspace();
  const { tab } = route.useSearch();
  const whyNot = whyNotChange(policy, role);
  const isHistory = tab === "history";
  return (
    <>
      <PageHeader
        title={policy.name}
        after={<StateBadge state={policy.problem === null ? applicationOf(policy) : "error"} />}
        description={
          <>
            {policy.kind_title} · version {policy.version}, changed <RelativeTime at={policy.updated_at} />
            {policy.applies_to === "organization" && " · all workspaces of the organization"}
          </>
        }
        actions={<Actions policy={policy} whyNot={whyNot} />}
      />
      {policy.problem !== null && (
        <div className={classes.problem}>
          <Callout
            tone="bad"
            title="It cannot be read, so every call is refused until it is corrected or switched off"
            role="alert"
          >
            <p>{policy.problem}</p>
          </Callout>
        </div>
      )}
      <LinkTabs
        name={policy.name}
        href={paths.policy({ workspace: slug, policy: policy.id })}
        current={isHistory ? tab : undefined}
        tabs={[
          { value: undefined, label: "What it says" },
          { value: "history", label: "History", count: policy.version },
        ]}
      />
      {isHistory ? <PolicyHistory policy={policy} /> : <PolicySummary policy={policy} whyNot={whyNot} />}
    </>
  );
}

function Actions({ policy, whyNot }: { policy: PolicyView; whyNot: string | undefined }) {
  const { slug } = useWorkspace();
  const [isAsking, question] = useDisclosure(false);
  const remove = useDelete(policy);
  const pencil = <IconPencil size={15} stroke={1.75} aria-hidden />;
  return (
    <>
      <LinkButton
        variant="default"
        to={paths.audit({ workspace: slug })}
        search={{ policy: policy.id, time: "7d" }}
        leftSection={<IconListSearch size={15} stroke={1.75} aria-hidden />}
      >
        Recent decisions
      </LinkButton>
      <GuardedButton variant="default" color="red" whyNot={whyNot} onClick={question.open}>
        Delete
      </GuardedButton>
      {whyNot === undefined ? (
        <LinkButton to={paths.editPolicy({ workspace: slug, policy: policy.id })} leftSection={pencil}>
          Edit
        </LinkButton>
      ) : (
        <GuardedButton whyNot={whyNot} leftSection={pencil}>
          Edit
        </GuardedButton>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        verb="Delete policy"
        name={policy.name}
        consequences={consequencesOf(policy)}
        onConfirm={remove}
        onClose={question.close}
      />
    </>
  );
}

function consequencesOf({ kind, applies_to: scope, is_enabled: isOn, mode }: PolicyView): string[] {
  const isInForce = isOn && mode === "enforce";
  return [
    isInForce
      ? `Calls that start from now on are no longer judged by it${scope === "organization" ? ", in any workspace of the organization" : ""}.`
      : "It is not enforced, so no call passes that did not pass before.",
    ...(kind === "require_approval" ? ["Approvals that it asked for and that still wait can no longer be carried out."] : []),
    "Its history goes with it. The audit keeps its name and version wherever it decided.",
    "To stop it for a while, switch it off instead.",
  ];
}

function useDelete({ id, name }: PolicyView) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const navigate = route.useNavigate();
  return async () => {
    await api.DELETE("/api/workspaces/{workspace}/policies/{policy_id}", {
      params: { path: { workspace: slug, policy_id: id } },
    });
    await navigate({ to: paths.policies({ workspace: slug }) });
    queryClient.removeQueries({ queryKey: policyQuery(slug, id).queryKey });
    await refreshPolicies(queryClient, slug);
    notifications.show({ message: `“${name}” is deleted.` });
  };
}
