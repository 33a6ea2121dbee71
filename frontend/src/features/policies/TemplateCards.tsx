import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { TemplateView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

import { useWhyNot } from "../workspaces/useWorkspace";
import { KindIcon } from "./KindIcon";
import { refreshPolicies } from "./policyQueries";
import classes from "./TemplateCards.module.css";
import { saidOf } from "./templates";
import { sentenceOf } from "./words";

export interface TemplateCardsProps {
  workspace: string;
  templates: readonly TemplateView[];
}

/** Ready-made policies: added with one click, or looked over first. */
export function TemplateCards({ workspace, templates }: TemplateCardsProps) {
  return (
    <ul className={classes.cards}>
      {templates.map((template) => (
        <li key={template.id} className={classes.card}>
          <TemplateCard workspace={workspace} template={template} />
        </li>
      ))}
    </ul>
  );
}

function TemplateCard({ workspace, template }: { workspace: string; template: TemplateView }) {
  const { id, description, definition } = template;
  const whyNot = useWhyNot("policies:write");
  const add = useAdd(workspace, template);
  return (
    <>
      <h3 className={classes.title}>
        <KindIcon kind={definition.kind} />
        {definition.name}
      </h3>
      <p className={classes.words}>{description}</p>
      <p className={classes.sentence}>{sentenceOf(saidOf(definition), String)}</p>
      <FormError problem={add.error ? asProblem(add.error) : undefined} />
      <div className={classes.buttons}>
        <GuardedButton
          size="xs"
          whyNot={whyNot}
          loading={add.isPending}
          aria-label={`Add “${definition.name}”`}
          onClick={() => {
            add.mutate();
          }}
        >
          Add
        </GuardedButton>
        {whyNot === undefined && (
          <LinkButton
            size="xs"
            variant="subtle"
            color="gray"
            to={paths.newPolicy({ workspace })}
            search={{ template: id }}
            aria-label={`Adjust first: “${definition.name}”`}
          >
            Adjust first
          </LinkButton>
        )}
      </div>
    </>
  );
}

function useAdd(workspace: string, { definition }: TemplateView) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      await api.POST("/api/workspaces/{workspace}/policies", { params: { path: { workspace } }, body: definition });
      await refreshPolicies(queryClient, workspace);
      notifications.show({ message: `“${definition.name}” applies from the next call on.` });
      await navigate({ to: paths.policies({ workspace }) });
    },
  });
}
