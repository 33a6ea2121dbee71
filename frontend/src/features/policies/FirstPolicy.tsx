import { useQuery } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import { LinkButton } from "@/components/ui/LinkButton";
import { Pending } from "@/components/ui/Pending";
import { CardsSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot } from "../workspaces/useWorkspace";
import classes from "./FirstPolicy.module.css";
import { templatesQuery } from "./policyQueries";
import { TemplateCards } from "./TemplateCards";
import { guideTemplates } from "./templates";

/** What policies are for, taught by three that can be added at once. */
export function FirstPolicy({ workspace }: { workspace: string }) {
  const query = useQuery(templatesQuery(workspace));
  const whyNot = useWhyNot("policies:write");
  return (
    <section className={classes.first} aria-labelledby="first-policy">
      <h2 id="first-policy" className={classes.title}>
        Decide what may happen without you
      </h2>
      <p className={classes.words}>
        Without a policy, whoever may use tools may use all of them. A policy says who, which tools, and what happens then: people
        must approve, a limit applies, or the call is refused. Each holds for ChatGPT and every other app alike. These three are
        ready:
      </p>
      {query.data ? (
        <TemplateCards workspace={workspace} templates={guideTemplates(query.data)} />
      ) : (
        <Pending skeleton={<CardsSkeleton cards={3} />} error={failureOf(query)} onRetry={() => void query.refetch()} />
      )}
      {whyNot === undefined && (
        <LinkButton variant="default" to={paths.newPolicy({ workspace })} className={classes.more ?? ""}>
          More templates, or write your own
        </LinkButton>
      )}
    </section>
  );
}
