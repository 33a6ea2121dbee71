import { Radio } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { PolicyView } from "@/api/generated/schema";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { Facts } from "@/components/ui/Facts";
import { FormError } from "@/components/ui/FormError";

import { useWorkspace } from "../workspaces/useWorkspace";
import { MatchingTools } from "./MatchingTools";
import classes from "./PolicyPage.module.css";
import { policyQuery, refreshPolicies, toolLinesQuery } from "./policyQueries";
import { settingFacts } from "./settingFacts";
import { toolsIn } from "./toolPattern";
import { useNames } from "./useNames";
import {
  type Application,
  APPLICATIONS,
  applicationOf,
  begun,
  changeToApply,
  EVERY_CALL,
  sentenceOf,
  whatOf,
  whoOf,
} from "./words";

export interface PolicySummaryProps {
  policy: PolicyView;
  whyNot: string | undefined;
}

/** What it says in a sentence and in facts, which tools that is today, and whether it is applied. */
export function PolicySummary({ policy, whyNot }: PolicySummaryProps) {
  const { slug } = useWorkspace();
  const nameOf = useNames(slug);
  return (
    <div className={classes.summary}>
      <p className={classes.sentence}>{sentenceOf(policy, nameOf)}</p>
      <section>
        <h2 className={classes.heading}>In detail</h2>
        <Facts
          facts={[
            ["Who", upper(whoOf(policy.who))],
            ["What", <What key="what" policy={policy} />],
            ...settingFacts(policy, nameOf),
          ]}
        />
      </section>
      {policy.condition !== null && <CodeBlock label="Only where this holds" text={policy.condition} />}
      <Applied policy={policy} whyNot={whyNot} />
    </div>
  );
}

function What({ policy: { what } }: { policy: PolicyView }) {
  const { slug } = useWorkspace();
  const { data: tools } = useQuery(toolLinesQuery(slug));
  const words = whatOf(what);
  return (
    <>
      <span className={classes.pattern}>{begun(words)}</span>
      {tools && words !== EVERY_CALL && <MatchingTools found={toolsIn(what, tools.items)} of={tools.items.length} />}
    </>
  );
}

/** Switching it takes one click and holds for the next call; it is a new version like every other change. */
function Applied({ policy, whyNot }: PolicySummaryProps) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const apply = useMutation({
    mutationFn: async (application: Application) => {
      const { data } = await api.PATCH("/api/workspaces/{workspace}/policies/{policy_id}", {
        params: { path: { workspace: slug, policy_id: policy.id } },
        body: { ...changeToApply(application), version: policy.version },
      });
      if (data) queryClient.setQueryData(policyQuery(slug, policy.id).queryKey, data);
      await refreshPolicies(queryClient, slug);
    },
  });
  return (
    <section>
      <Radio.Group
        label="How it is applied"
        description={whyNot}
        value={apply.isPending ? apply.variables : applicationOf(policy)}
        onChange={(value) => {
          const chosen = APPLICATIONS.find((one) => one.value === value);
          if (chosen && !apply.isPending) apply.mutate(chosen.value);
        }}
      >
        <div className={classes.choices}>
          {APPLICATIONS.map(({ value, label, means }) => (
            <Radio key={value} value={value} label={label} description={means} disabled={whyNot !== undefined} />
          ))}
        </div>
      </Radio.Group>
      <FormError problem={failureOf(apply)} />
    </section>
  );
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
