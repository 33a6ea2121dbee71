import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "@/api/client";
import type { BudgetView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { paths } from "@/paths";

import classes from "./BudgetPage.module.css";
import { refreshBudgets } from "./budgetQueries";

export interface DeleteBudgetProps {
  workspace: string;
  budget: BudgetView;
  whyNot: string | undefined;
}

export function DeleteBudget({ workspace, budget: { id, name, is_hard: isHard }, whyNot }: DeleteBudgetProps) {
  const [isAsking, question] = useDisclosure(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return (
    <section className={classes.delete}>
      <div>
        <h2 className={classes.heading}>Delete this budget</h2>
        <p className={classes.quiet}>What was spent stays in the audit and in the usage.</p>
      </div>
      <GuardedButton whyNot={whyNot} variant="outline" color="red" onClick={question.open}>
        Delete budget
      </GuardedButton>
      <ConfirmDialog
        isOpen={isAsking}
        verb="Delete budget"
        name={name}
        consequences={[
          isHard ? "Calls that it would have refused go through at once." : "Nobody is told any more when its limit comes near.",
          "What it has counted is forgotten; the costs themselves stay in the audit and in the usage.",
        ]}
        onConfirm={async () => {
          await api.DELETE("/api/workspaces/{workspace}/budgets/{budget_id}", { params: { path: { workspace, budget_id: id } } });
          await navigate({ to: paths.budgets({ workspace }) });
          await refreshBudgets(queryClient, workspace);
          notifications.show({ message: `${name} is deleted.` });
        }}
        onClose={question.close}
      />
    </section>
  );
}
