import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import type { OwnAccountView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { FormError } from "@/components/ui/FormError";
import { PageHeader } from "@/components/ui/PageHeader";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useSession } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./ConnectionPage.module.css";
import { NoOwnAccount } from "./NoOwnAccount";
import { endedWords, ownAccountQuery, signOutLabel, toolsFor, troubleOf } from "./ownAccounts";
import { OwnKeyForm } from "./OwnKeyForm";
import { ownOutcomeOf } from "./SignInOutcome";
import { useOwnAccount } from "./useOwnAccount";

const route = getRouteApi("/w/$workspace/connections/$connection/account");

/** Where links in chats lead, and where a service sends people back to: one's own account at one service. */
export function OwnAccountPage() {
  const { connection: name } = route.useParams();
  const { link, sign_in: result } = route.useSearch();
  const { slug } = useWorkspace();
  const query = useQuery(ownAccountQuery(slug, name, link));
  const failure = failureOf(query);
  if (failure) return <NoOwnAccount connection={name} link={link} failure={failure} onRetry={() => void query.refetch()} />;
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
  const told = ownOutcomeOf(result === "done" ? undefined : result);
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
        {account.state === "signed_in" ? <Done account={account} link={link} /> : <Begin account={account} link={link} />}
      </div>
    </>
  );
}

interface PartProps {
  account: OwnAccountView;
  link: string | undefined;
}

function Done({ account, link }: PartProps) {
  const { signOut, isPending, problem } = useOwnAccount(account.connection);
  const [isReplacing, setReplacing] = useState(false);
  const isKey = account.auth !== "oauth";
  return (
    <>
      <Callout
        tone="ok"
        role="status"
        title={isKey ? `${account.title} is used with your key` : `You are signed in to ${account.title}`}
        actions={
          <>
            {isKey && !isReplacing && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setReplacing(true);
                }}
              >
                Replace key
              </Button>
            )}
            <Button size="xs" variant="default" loading={isPending} onClick={signOut}>
              {signOutLabel(account)}
            </Button>
          </>
        }
      >
        <p>
          If a chat sent you here, go back to the chat and ask again. You can close this page.
          {account.signed_in_at !== null && (
            <>
              {" "}
              You {isKey ? "entered it" : "signed in"} <RelativeTime at={account.signed_in_at} />.
            </>
          )}
        </p>
        <FormError problem={problem} />
      </Callout>
      {isReplacing && (
        <OwnKeyForm
          account={account}
          link={link}
          onSaved={() => {
            setReplacing(false);
          }}
        />
      )}
    </>
  );
}

function Begin({ account, link }: PartProps) {
  const { user } = useSession();
  const { signIn, isPending, problem } = useOwnAccount(account.connection, link);
  const isEnded = account.state === "ended";
  if (account.auth !== "oauth")
    return (
      <>
        {isEnded && (
          <Callout tone="warn" role="status" title={endedWords(account)}>
            <p>It was deleted here. Make another one at {account.title} and enter it.</p>
          </Callout>
        )}
        <OwnKeyForm account={account} link={link} />
      </>
    );
  return (
    <Callout
      tone={isEnded ? "warn" : "quiet"}
      title={account.state === "missing" ? "You are not signed in yet" : troubleOf(account)}
      actions={
        <Button size="xs" loading={isPending} onClick={signIn}>
          Sign in with your account
        </Button>
      }
    >
      <p>
        {account.title} asks you what Conducktor may do there for {user?.email}. If you did not come here yourself or from your
        own chat, close this page.
      </p>
      <FormError problem={problem} />
    </Callout>
  );
}
