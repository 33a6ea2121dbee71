import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import type { ConnectionView, OwnAccountView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { ownAccountQuery, signOutLabel, toolsFor, troubleOf } from "./ownAccounts";
import { OwnSignInButton } from "./OwnSignInButton";
import { NEEDS_OWN_ACCOUNT } from "./StateNote";
import { useOwnAccount } from "./useOwnAccount";

/** On the page of a connection that people use with their own accounts: whether one is signed in oneself. */
export function OwnAccount({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const mayNot = useWhyNot("tools:call");
  const isUsed = connection.personal_for.length > 0 && mayNot === undefined && connection.state !== "DISABLED";
  const query = useQuery({ ...ownAccountQuery(slug, connection.name), enabled: isUsed });
  const { data } = query;
  if (!isUsed || (connection.fault === NEEDS_OWN_ACCOUNT && data?.state !== "signed_in")) return null;
  if (!data) return <FormError problem={failureOf(query)} />;
  return data.state === "signed_in" ? <SignedIn account={data} /> : <SignedOut account={data} />;
}

function SignedOut({ account }: { account: OwnAccountView }) {
  const actions = useOwnAccount(account.connection);
  return (
    <Callout
      tone="warn"
      role="status"
      title={troubleOf(account)}
      actions={<OwnSignInButton connection={account.connection} auth={account.auth} actions={actions} />}
    >
      <p>
        Each person uses {toolsFor(account.personal_for)} of this connection with their own account. Yours is used for your calls
        only.
      </p>
      <FormError problem={actions.problem} />
    </Callout>
  );
}

function SignedIn({ account }: { account: OwnAccountView }) {
  const { signOut, isPending, problem } = useOwnAccount(account.connection);
  return (
    <Callout
      tone="quiet"
      title={account.auth === "oauth" ? "You are signed in with your own account" : "Your own key is used"}
      actions={
        <Button size="xs" variant="default" loading={isPending} onClick={signOut}>
          {signOutLabel(account)}
        </Button>
      }
    >
      <p>
        It is used for your calls of {toolsFor(account.personal_for)}, and for nobody else’s.
        {account.signed_in_at !== null && (
          <>
            {" "}
            You {account.auth === "oauth" ? "signed in" : "entered it"} <RelativeTime at={account.signed_in_at} />.
          </>
        )}
      </p>
      <FormError problem={problem} />
    </Callout>
  );
}
