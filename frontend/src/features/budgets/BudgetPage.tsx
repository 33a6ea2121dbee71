import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { BudgetView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import classes from "./BudgetPage.module.css";
import { budgetsQuery, refreshBudgets } from "./budgetQueries";
import { BudgetStanding } from "./BudgetStanding";
import { amountOf } from "./budgetWords";
import { DeleteBudget } from "./DeleteBudget";

/** The form weighs as much as all the rest of the page. */
const BudgetForm = lazy(() => import("./BudgetForm"));

const route = getRouteApi("/w/$workspace/budgets/$budget");

export function BudgetPage() {
  const { slug } = useWorkspace();
  const { budget: id } = route.useParams();
  const query = useQuery(budgetsQuery(slug));
  const budget = query.data?.items.find((one) => one.id === id);
  const failure = failureOf(query);
  return (
    <>
      <Crumbs above={[{ label: "Budgets", href: paths.budgets({ workspace: slug }) }]} />
      {query.data && budget && <Budget key={budget.id} workspace={slug} budget={budget} zone={query.data.time_zone} />}
      {query.data && !budget && (
        <>
          <PageHeader title="Budget" description="There is no such budget in this workspace. Somebody may have deleted it." />
        </>
      )}
      {!query.data && failure && (
        <>
          <PageHeader title="Budget" />
          <ErrorState error={failure} onRetry={() => void query.refetch()} />
        </>
      )}
      {!query.data && !failure && <DetailSkeleton />}
    </>
  );
}

function Budget({ workspace, budget, zone }: { workspace: string; budget: BudgetView; zone: string }) {
  const whyNot = useWhyNot("budgets:write");
  const queryClient = useQueryClient();
  return (
    <>
      <PageHeader title={budget.name} description={`${amountOf(budget)}, ${budget.is_hard ? "hard" : "alert only"}`} />
      <BudgetStanding budget={budget} zone={zone} />
      <section className={classes.section} aria-label="Settings">
        <Suspense fallback={<DetailSkeleton />}>
          <BudgetForm
            workspace={workspace}
            budget={budget}
            whyNot={whyNot}
            onSave={async (body) => {
              await api.PATCH("/api/workspaces/{workspace}/budgets/{budget_id}", {
                params: { path: { workspace, budget_id: budget.id } },
                body,
              });
              await refreshBudgets(queryClient, workspace);
              notifications.show({ message: `The budget ${body.name} is saved. It holds for calls that start from now on.` });
            }}
          />
        </Suspense>
      </section>
      <DeleteBudget workspace={workspace} budget={budget} whyNot={whyNot} />
    </>
  );
}
