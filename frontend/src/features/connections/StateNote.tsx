import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { ConnectionView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";
import { LinkButton } from "@/components/ui/LinkButton";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { countOf } from "./attention";
import { healthQuery } from "./connectionQueries";
import { NeedsOwnAccountNote } from "./NeedsOwnAccountNote";
import { SignInButton } from "./SignInButton";
import { useSignIn } from "./useSignIn";

/** Why the connection is not simply well, and what to do: in the server's words, with the button that leads there. */
export function StateNote({ connection }: { connection: ConnectionView }) {
  switch (connection.state) {
    case "PENDING":
      return (
        <Callout tone="quiet" title="Finding out what it offers" role="status" actions={<Loader size="xs" aria-hidden />}>
          <p>{connection.reason} This page shows its tools as soon as they are there.</p>
        </Callout>
      );
    case "ERROR":
      return connection.fault === NEEDS_OWN_ACCOUNT ? (
        <NeedsOwnAccountNote connection={connection} />
      ) : (
        <ErrorNote connection={connection} />
      );
    case "DISABLED":
      return (
        <Callout
          tone="quiet"
          title={connection.reason ?? "It is disabled."}
          actions={<ToTab connection={connection} tab="settings" label="Enable" />}
        >
          <p>Its tools are not offered to ChatGPT, and calls to them are refused. {connection.next_step}</p>
        </Callout>
      );
    case "ACTIVE":
      return (
        <>
          {connection.fault === NEEDS_MORE_ACCESS && <MoreAccessNote connection={connection} />}
          {connection.tools.quarantined > 0 && <ReviewNote connection={connection} />}
        </>
      );
  }
}

/** It says itself what one's own account is needed for. */
export const NEEDS_OWN_ACCOUNT = "needs_own_account";
const NEEDS_SIGN_IN = "needs_sign_in";
const NEEDS_MORE_ACCESS = "needs_more_access";
const ASK_AGAIN_MS = 15_000;

function ErrorNote({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  // A check that finds the same again is no event; what is shown here are the times of those checks.
  const { data: health } = useQuery({ ...healthQuery(slug, connection.name), refetchInterval: ASK_AGAIN_MS });
  const signIn = useSignIn(connection.name);
  const isLocal = connection.transport === "stdio";
  const label = isLocal ? "See its log" : REPAIRS[connection.fault ?? ""];
  const isSignedOut = connection.fault === NEEDS_SIGN_IN || connection.fault === NEEDS_MORE_ACCESS;
  const mayNotSignIn = useWhyNot("connections:write") !== undefined;
  return (
    <Callout
      tone="bad"
      role="status"
      title={connection.reason ?? "It does not work."}
      actions={
        isSignedOut ? (
          <SignInButton signIn={signIn} />
        ) : (
          label !== undefined && <ToTab connection={connection} tab={isLocal ? "health" : "settings"} label={label} />
        )
      }
    >
      <p>{isSignedOut ? (mayNotSignIn ? ASK_ADMIN : SIGN_IN) : connection.next_step}</p>
      <FormError problem={signIn.problem} />
      {!isSignedOut && health?.next_check_at != null && (
        <p>
          Next check: <RelativeTime at={health.next_check_at} />.
          {health.last_success_at !== null && (
            <>
              {" "}
              It last worked <RelativeTime at={health.last_success_at} />.
            </>
          )}
        </p>
      )}
    </Callout>
  );
}

const SIGN_IN = "Press Sign in: the service asks you what Conducktor may do there.";
const ASK_ADMIN = "Ask an owner or admin to sign in.";

function MoreAccessNote({ connection }: { connection: ConnectionView }) {
  const signIn = useSignIn(connection.name);
  const mayNotSignIn = useWhyNot("connections:write") !== undefined;
  return (
    <Callout tone="warn" role="status" title="Some of its tools need more access" actions={<SignInButton signIn={signIn} />}>
      <p>
        {connection.reason} Everything else works.{" "}
        {mayNotSignIn ? ASK_ADMIN : "Press Sign in: the service asks you whether Conducktor may have it."}
      </p>
      <FormError problem={signIn.problem} />
    </Callout>
  );
}

/** What a person can do here about a fault; the others heal by themselves or at the service. */
const REPAIRS: Record<string, string> = {
  no_credential: "Enter the key",
  unreadable_credential: "Enter the key",
  sign_in_again: "Replace the key",
  not_allowed: "Replace the key",
  address_refused: "Check the address",
  unreachable: "Check the address",
  broken_reply: "Check the address",
  not_found: "Check the address",
  moved: "Change the address",
  key_changed: "Check the pinned keys",
};

function ReviewNote({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const { quarantined } = connection.tools;
  return (
    <Callout
      tone="warn"
      title={`${countOf(quarantined, "tool")} ${quarantined === 1 ? "waits" : "wait"} for review`}
      actions={
        <LinkButton
          size="xs"
          variant="default"
          to={paths.connection({ workspace: slug, connection: connection.name })}
          search={{ state: "quarantined" }}
          resetScroll={false}
        >
          Review
        </LinkButton>
      }
    >
      <p>Changed or suspicious definitions are not offered to ChatGPT until somebody has looked at them and accepted them.</p>
    </Callout>
  );
}

function ToTab({ connection, tab, label }: { connection: ConnectionView; tab: string; label: string }) {
  const { slug } = useWorkspace();
  return (
    <LinkButton
      size="xs"
      variant="default"
      to={paths.connection({ workspace: slug, connection: connection.name })}
      search={{ tab }}
      resetScroll={false}
    >
      {label}
    </LinkButton>
  );
}
