import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { KindView, TemplateView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { CardsSkeleton, DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { type Draft, draftOfTemplate, emptyDraft, wishOf } from "./draft";
import { KindChoice } from "./KindChoice";
import classes from "./NewPolicyPage.module.css";
import { kindsQuery, refreshPolicies, templatesQuery } from "./policyQueries";
import { TemplateCards } from "./TemplateCards";

/** The form weighs more than all the rest: it comes while its kinds are being asked for. */
const PolicyEditor = lazy(() => import("./PolicyEditor"));

const route = getRouteApi("/w/$workspace/policies/new");

export function NewPolicyPage() {
  const { slug } = useWorkspace();
  const whyNot = useWhyNot("policies:write");
  const kinds = useQuery(kindsQuery(slug));
  const templates = useQuery(templatesQuery(slug));
  const search = route.useSearch();
  const start = kinds.data && templates.data && startOf(search, kinds.data, templates.data);
  return (
    <>
      <Crumbs
        above={[
          { label: "Policies", href: paths.policies({ workspace: slug }) },
          ...(start ? [{ label: "New", href: paths.newPolicy({ workspace: slug }) }] : []),
        ]}
      />
      <PageHeader title="New policy" description="It applies to calls that start after it is saved." />
      {whyNot !== undefined && <ForbiddenState detail={whyNot} nextStep="" />}
      {whyNot === undefined && !(kinds.data && templates.data) && (
        <Pending
          skeleton={<CardsSkeleton />}
          error={failureOf(kinds) ?? failureOf(templates)}
          onRetry={() => {
            void kinds.refetch();
            void templates.refetch();
          }}
        />
      )}
      {whyNot === undefined && kinds.data && start && <Editor key={start.kind + start.name} kinds={kinds.data} start={start} />}
      {whyNot === undefined && kinds.data && templates.data && !start && (
        <Beginnings kinds={kinds.data} templates={templates.data} />
      )}
    </>
  );
}

interface Beginning {
  kind?: string | undefined;
  template?: string | undefined;
}

/** What the address begins with: a template, a kind, or nothing yet. */
function startOf(search: Beginning, kinds: readonly KindView[], templates: readonly TemplateView[]): Draft | undefined {
  const template = templates.find(({ id }) => id === search.template);
  const kind = kinds.find((one) => one.kind === (template?.definition.kind ?? search.kind));
  if (!kind) return undefined;
  return template ? draftOfTemplate(template, kind) : emptyDraft(kind);
}

function Beginnings({ kinds, templates }: { kinds: readonly KindView[]; templates: readonly TemplateView[] }) {
  const { slug } = useWorkspace();
  return (
    <div className={classes.beginnings}>
      <section aria-labelledby="kinds">
        <h2 id="kinds" className={classes.heading}>
          What shall it do?
        </h2>
        <KindChoice workspace={slug} kinds={kinds} />
      </section>
      <section aria-labelledby="templates">
        <h2 id="templates" className={classes.heading}>
          Or take a ready-made one
        </h2>
        <TemplateCards workspace={slug} templates={templates} />
      </section>
    </div>
  );
}

function Editor({ kinds, start }: { kinds: readonly KindView[]; start: Draft }) {
  const { slug, permissions } = useWorkspace();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  return (
    <Suspense fallback={<DetailSkeleton />}>
      <PolicyEditor
        kinds={kinds}
        start={start}
        canRuleOrganization={permissions.includes("workspace:own")}
        saveLabel="Create policy"
        cancelHref={paths.policies({ workspace: slug })}
        onSave={async (draft) => {
          const { data } = await api.POST("/api/workspaces/{workspace}/policies", {
            params: { path: { workspace: slug } },
            body: { ...wishOf(draft), applies_to: draft.applies_to },
          });
          void refreshPolicies(queryClient, slug);
          if (data) await navigate({ to: paths.policy({ workspace: slug, policy: data.id }) });
        }}
      />
    </Suspense>
  );
}
