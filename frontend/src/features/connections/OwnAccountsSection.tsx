import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { OwnAccountView } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageSection } from "@/components/ui/PageSection";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { ownAccountsQuery } from "./ownAccounts";
import classes from "./OwnAccountsSection.module.css";
import { useOwnAccount } from "./useOwnAccount";

/** On one's profile: the services of this workspace that are used with one's own account. Not there when there are none. */
export function OwnAccountsSection() {
  const { slug, name } = useWorkspace();
  const query = useQuery(ownAccountsQuery(slug));
  const { data } = query;
  const failure = failureOf(query);
  if (data ? data.items.length === 0 : !failure) return null;
  return (
    <PageSection
      title="Your accounts at services"
      words={`Services of ${name} that each person uses with their own account. Yours are used for your calls only, and are deleted when you leave.`}
    >
      {!data && <ErrorState error={failure} onRetry={() => void query.refetch()} />}
      <ul className={classes.accounts} data-fill>
        {data?.items.map((account) => (
          <li key={account.connection}>
            <Account account={account} />
          </li>
        ))}
      </ul>
    </PageSection>
  );
}

const MORE_ACCESS = "Wants more access";
const STATES = {
  signed_in: "Signed in",
  needs_more_access: MORE_ACCESS,
  ended: "Ended by the service",
  missing: "Not signed in",
};
const KEY_STATES = { signed_in: "Key entered", needs_more_access: MORE_ACCESS, ended: "Key refused", missing: "No key yet" };

function Account({ account }: { account: OwnAccountView }) {
  const { slug } = useWorkspace();
  const { signIn, signOut, isPending, problem } = useOwnAccount(account.connection);
  const isIn = account.state === "signed_in";
  return (
    <>
      <ServiceAvatar name={account.title} size="sm" />
      <Link className={classes.name} to={paths.ownAccount({ workspace: slug, connection: account.connection })}>
        {account.title}
      </Link>
      <span className={classes.quiet}>{(account.auth === "oauth" ? STATES : KEY_STATES)[account.state]}</span>
      {(isIn || account.auth === "oauth") && (
        <Button
          size="xs"
          variant="default"
          loading={isPending}
          aria-label={`${isIn ? (account.auth === "oauth" ? "Sign out of" : "Delete key for") : "Sign in to"} ${account.title}`}
          onClick={isIn ? signOut : signIn}
        >
          {isIn ? (account.auth === "oauth" ? "Sign out" : "Delete key") : "Sign in"}
        </Button>
      )}
      {!isIn && account.auth !== "oauth" && (
        <LinkButton
          size="xs"
          variant="default"
          aria-label={`Enter your key for ${account.title}`}
          to={paths.ownAccount({ workspace: slug, connection: account.connection })}
        >
          Enter key
        </LinkButton>
      )}
      {problem && (
        <div className={classes.problem}>
          <FormError problem={problem} />
        </div>
      )}
    </>
  );
}
