import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type ApiProblem, failureOf } from "@/api/ApiProblem";
import type { PolicyView } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { TableSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { FirstPolicy } from "./FirstPolicy";
import { countOf } from "./lists";
import { moved, ofScope, type Step } from "./order";
import classes from "./PoliciesPage.module.css";
import { policiesQuery } from "./policyQueries";
import { PolicyRows } from "./PolicyRows";
import { useNames } from "./useNames";
import { useReorder } from "./useReorder";

export function PoliciesPage() {
  const { slug } = useWorkspace();
  const query = useQuery(policiesQuery(slug));
  const failure = failureOf(query);
  const policies = query.data?.policies;
  return (
    <>
      <PageHeader
        title="Policies"
        description={
          policies && policies.length > 0 ? summaryOf(policies) : "Rules that decide about each call before it is made."
        }
        actions={<NewPolicy workspace={slug} />}
      />
      {policies === undefined && (
        <Pending skeleton={<TableSkeleton columns={3} />} error={failure} onRetry={() => void query.refetch()} />
      )}
      {policies?.length === 0 && <FirstPolicy workspace={slug} />}
      {policies !== undefined && policies.length > 0 && <InOrder workspace={slug} policies={policies} />}
      {policies !== undefined && failure && <ErrorState error={failure} onRetry={() => void query.refetch()} />}
    </>
  );
}

function summaryOf(policies: readonly PolicyView[]): string {
  const on = policies.filter(({ is_enabled: isOn, mode }) => isOn && mode === "enforce").length;
  const watching = policies.filter(({ is_enabled: isOn, mode }) => isOn && mode === "monitor").length;
  const parts = [
    countOf(on, "policy", "policies") + " enforced",
    ...(watching > 0 ? [`${String(watching)} in monitor mode`] : []),
  ];
  return `${parts.join(", ")}. Each call is judged from top to bottom; a denial counts whatever else is said.`;
}

interface InOrderProps {
  workspace: string;
  policies: readonly PolicyView[];
}

/** Those of the whole organization judge first, so they stand first. */
function InOrder({ workspace, policies }: InOrderProps) {
  const nameOf = useNames(workspace);
  const reorder = useReorder(workspace);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<ApiProblem>();
  const everywhere = ofScope(policies, "organization");
  const here = ofScope(policies, "workspace");

  async function move(policy: PolicyView, step: Step) {
    const peers = ofScope(moved(policies, policy.id, step) ?? policies, policy.applies_to);
    const place = peers.findIndex(({ id }) => id === policy.id) + 1;
    setSaid(`“${policy.name}” is now number ${String(place)} of ${String(peers.length)}.`);
    setProblem(undefined);
    const refused = await reorder(policy, step);
    setProblem(refused);
    if (refused) setSaid("");
  }

  const rows = { workspace, nameOf, onMove: (policy: PolicyView, step: Step) => void move(policy, step) };
  return (
    <>
      <FormError problem={problem} />
      {everywhere.length > 0 && (
        <section className={classes.scope} aria-labelledby="everywhere">
          <h2 id="everywhere" className={classes.heading}>
            All workspaces of the organization
          </h2>
          <p className={classes.words}>They judge first. Only owners change them, and a change applies in every workspace.</p>
          <PolicyRows {...rows} name="Policies of the organization" policies={everywhere} />
        </section>
      )}
      {here.length === 0 && (
        <div className={classes.scope}>
          <FirstPolicy workspace={workspace} />
        </div>
      )}
      {here.length > 0 && (
        <section className={classes.scope} aria-labelledby={everywhere.length > 0 ? "here" : undefined}>
          {everywhere.length > 0 && (
            <h2 id="here" className={classes.heading}>
              This workspace
            </h2>
          )}
          <PolicyRows {...rows} name="Policies of this workspace" policies={here} />
        </section>
      )}
      <div role="status" data-visually-hidden="">
        {said}
      </div>
    </>
  );
}

function NewPolicy({ workspace }: { workspace: string }) {
  const whyNot = useWhyNot("policies:write");
  const icon = <IconPlus size={15} stroke={2} aria-hidden />;
  if (whyNot !== undefined) {
    return (
      <GuardedButton whyNot={whyNot} leftSection={icon}>
        New policy
      </GuardedButton>
    );
  }
  return (
    <LinkButton to={paths.newPolicy({ workspace })} leftSection={icon}>
      New policy
    </LinkButton>
  );
}
