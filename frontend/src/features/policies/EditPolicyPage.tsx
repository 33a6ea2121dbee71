import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { KindView, PolicyView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { draftOf, wishOf } from "./draft";
import { kindsQuery, policyQuery, refreshPolicies } from "./policyQueries";
import { whyNotChange } from "./rights";

/** The form weighs more than all the rest: it comes while its kinds are being asked for. */
const PolicyEditor = lazy(() => import("./PolicyEditor"));

const route = getRouteApi("/w/$workspace/policies/$policy/edit");

export function EditPolicyPage() {
  const { policy: id } = route.useParams();
  const { slug, role } = useWorkspace();
  const kinds = useQuery(kindsQuery(slug));
  const policy = useQuery(policyQuery(slug, id));
  const title = policy.data ? `Edit “${policy.data.name}”` : "Edit policy";
  const whyNot = policy.data && whyNotChange(policy.data, role);
  return (
    <>
      <Crumbs
        above={[
          { label: "Policies", href: paths.policies({ workspace: slug }) },
          { label: policy.data?.name ?? "Policy", href: paths.policy({ workspace: slug, policy: id }) },
        ]}
      />
      <PageHeader title={title} description="Saving makes a new version; it applies to calls that start afterwards." />
      {whyNot !== undefined && <ForbiddenState detail={whyNot} nextStep="" />}
      {whyNot === undefined && policy.data && kinds.data && <Editor kinds={kinds.data} policy={policy.data} />}
      {!(policy.data && kinds.data) && (
        <Pending
          skeleton={<DetailSkeleton />}
          error={failureOf(policy) ?? failureOf(kinds)}
          onRetry={() => {
            void policy.refetch();
            void kinds.refetch();
          }}
        />
      )}
    </>
  );
}

function Editor({ kinds, policy: latest }: { kinds: readonly KindView[]; policy: PolicyView }) {
  // What is typed belongs to the version that was read, also when somebody saves another one meanwhile: then the server says so.
  const [policy] = useState(latest);
  const { slug } = useWorkspace();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const href = paths.policy({ workspace: slug, policy: policy.id });
  return (
    <Suspense fallback={<DetailSkeleton />}>
      <PolicyEditor
        kinds={kinds}
        start={draftOf(policy)}
        policy={policy.id}
        canRuleOrganization={false}
        saveLabel="Save policy"
        cancelHref={href}
        onSave={async (draft) => {
          await api.PATCH("/api/workspaces/{workspace}/policies/{policy_id}", {
            params: { path: { workspace: slug, policy_id: policy.id } },
            body: { ...wishOf(draft), version: policy.version },
          });
          await refreshPolicies(queryClient, slug);
          await navigate({ to: href });
        }}
      />
    </Suspense>
  );
}
