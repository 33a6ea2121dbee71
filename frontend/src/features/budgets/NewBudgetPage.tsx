import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { api } from "@/api/client";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshBudgets } from "./budgetQueries";

/** The form weighs as much as all the rest of the page. */
const BudgetForm = lazy(() => import("./BudgetForm"));

export function NewBudgetPage() {
  const { slug: workspace } = useWorkspace();
  const whyNot = useWhyNot("budgets:write");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <>
      <Crumbs above={[{ label: "Budgets", href: paths.budgets({ workspace }) }]} />
      <PageHeader
        title="Add a budget"
        description="It counts from the beginning of its period: what calls have cost since then is already in it."
      />
      {whyNot === undefined ? (
        <Suspense fallback={<DetailSkeleton />}>
          <BudgetForm
            workspace={workspace}
            whyNot={undefined}
            onSave={async (body) => {
              await api.POST("/api/workspaces/{workspace}/budgets", { params: { path: { workspace } }, body });
              await refreshBudgets(queryClient, workspace);
              notifications.show({ message: `The budget ${body.name} is in force.` });
              await navigate({ to: paths.budgets({ workspace }) });
            }}
          />
        </Suspense>
      ) : (
        <ForbiddenState nextStep={whyNot} />
      )}
    </>
  );
}
