import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { OwnAccountView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { PageHeader } from "@/components/ui/PageHeader";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useSession } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./ConnectionPage.module.css";
import { ownAccountQuery, toolsFor } from "./ownAccounts";
import { OwnKeyForm } from "./OwnKeyForm";
import { outcomeOf } from "./SignInOutcome";
import { useOwnAccount } from "./useOwnAccount";

const route = getRouteApi("/w/$workspace/connections/$connection/account");

/** Where links in chats lead, and where a service sends people back to: one's own account at one service. */
export function OwnAccountPage() {
  const { connection: name } = route.useParams();
  const { link, sign_in: result } = route.useSearch();
  const { slug } = useWorkspace();
  const query = useQuery(ownAccountQuery(slug, name, link));
  const failure = failureOf(query);
  if (failure)
    return (
      <>
        <PageHeader title={name} />
        <ErrorState error={failure} onRetry={() => void query.refetch()} />
      </>
    );
  if (!query.data) return <DetailSkeleton />;
  return <Account account={query.data} link={link} result={result} />;
}

interface AccountProps {
  account: OwnAccountView;
  link: string | undefined;
  result: string | undefined;
}

function Account({ account, link, result }: AccountProps) {
  const { slug } = useWorkspace();
  const told = outcomeOf(result === "done" ? undefined : result);
  return (
    <>
      <Crumbs
        above={[
          { label: "Connections", href: paths.connections({ workspace: slug }) },
          { label: account.title, href: paths.connection({ workspace: slug, connection: account.connection }) },
        ]}
      />
      <PageHeader
        title={`Your account at ${account.title}`}
        before={<ServiceAvatar name={account.title} size="lg" />}
        description={`For ${toolsFor(account.personal_for)}. It is used for your own calls only.`}
      />
      <div className={classes.notes}>
        {told && (
          <Callout tone="warn" role="status" title={told.title}>
            <p>{told.words}</p>
          </Callout>
        )}
        {account.state === "signed_in" ? <Done account={account} /> : <Begin account={account} link={link} />}
      </div>
    </>
  );
}

function Done({ account }: { account: OwnAccountView }) {
  const { signOut, isPending, problem } = useOwnAccount(account.connection);
  return (
    <Callout
      tone="ok"
      role="status"
      title={`You are signed in to ${account.title}`}
      actions={
        <Button size="xs" variant="default" loading={isPending} onClick={signOut}>
          Sign out of this service
        </Button>
      }
    >
      <p>Go back to the chat and ask again. You can close this page.</p>
      <FormError problem={problem} />
    </Callout>
  );
}

function Begin({ account, link }: { account: OwnAccountView; link: string | undefined }) {
  const { user } = useSession();
  const { signIn, isPending, problem } = useOwnAccount(account.connection, link);
  if (account.auth !== "oauth") return <OwnKeyForm account={account} link={link} />;
  return (
    <Callout
      tone="quiet"
      title={account.state === "ended" ? "The service ended your sign-in" : "You are not signed in yet"}
      actions={
        <Button size="xs" loading={isPending} onClick={signIn}>
          Sign in with your account
        </Button>
      }
    >
      <p>
        The service asks you what Conducktor may do there for {user?.email}. If you did not come here yourself or from your own
        chat, close this page.
      </p>
      <FormError problem={problem} />
    </Callout>
  );
}
