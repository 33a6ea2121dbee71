import { IconPlus } from "@tabler/icons-react";

import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

import { useWhyNot } from "../workspaces/useWorkspace";

export function AddBudget({ workspace }: { workspace: string }) {
  const whyNot = useWhyNot("budgets:write");
  const icon = <IconPlus size={15} stroke={2} aria-hidden />;
  if (whyNot !== undefined) {
    return (
      <GuardedButton whyNot={whyNot} leftSection={icon}>
        Add budget
      </GuardedButton>
    );
  }
  return (
    <LinkButton to={paths.newBudget({ workspace })} leftSection={icon}>
      Add budget
    </LinkButton>
  );
}
