import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { ConnectionView, OwnAccountView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";
import { LinkButton } from "@/components/ui/LinkButton";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { ownAccountQuery, toolsFor } from "./ownAccounts";
import { useOwnAccount } from "./useOwnAccount";

/** On the page of a connection that people use with their own accounts: whether one is signed in oneself. */
export function OwnAccount({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const mayNot = useWhyNot("tools:call");
  const isUsed = connection.personal_for.length > 0 && mayNot === undefined && connection.state !== "DISABLED";
  const { data } = useQuery({ ...ownAccountQuery(slug, connection.name), enabled: isUsed });
  if (!isUsed || !data) return null;
  return data.state === "signed_in" ? <SignedIn account={data} /> : <SignedOut account={data} />;
}

function SignedOut({ account }: { account: OwnAccountView }) {
  const { slug } = useWorkspace();
  const { signIn, isPending, problem } = useOwnAccount(account.connection);
  return (
    <Callout
      tone="warn"
      role="status"
      title={account.state === "ended" ? "The service ended your sign-in" : "You are not signed in with your own account"}
      actions={
        account.auth === "oauth" ? (
          <Button size="xs" variant="default" loading={isPending} onClick={signIn}>
            Sign in with your account
          </Button>
        ) : (
          <LinkButton size="xs" variant="default" to={paths.ownAccount({ workspace: slug, connection: account.connection })}>
            Enter your key
          </LinkButton>
        )
      }
    >
      <p>
        Each person uses {toolsFor(account.personal_for)} of this connection with their own account. Yours is used for your calls
        only.
      </p>
      <FormError problem={problem} />
    </Callout>
  );
}

function SignedIn({ account }: { account: OwnAccountView }) {
  const { signOut, isPending, problem } = useOwnAccount(account.connection);
  return (
    <Callout
      tone="quiet"
      title="You are signed in with your own account"
      actions={
        <Button size="xs" variant="default" loading={isPending} onClick={signOut}>
          Sign out of this service
        </Button>
      }
    >
      <p>
        It is used for your calls of {toolsFor(account.personal_for)}, and for nobody else’s.
        {account.signed_in_at !== null && (
          <>
            {" "}
            You signed in <RelativeTime at={account.signed_in_at} />.
          </>
        )}
      </p>
      <FormError problem={problem} />
    </Callout>
  );
}
