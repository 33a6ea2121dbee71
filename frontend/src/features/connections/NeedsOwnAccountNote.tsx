import type { ConnectionView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";

import { useWhyNot } from "../workspaces/useWorkspace";
import { OwnSignInButton } from "./OwnSignInButton";
import { useOwnAccount } from "./useOwnAccount";

/** Nobody whose account may be used to ask for the list of tools is signed in. */
export function NeedsOwnAccountNote({ connection }: { connection: ConnectionView }) {
  const actions = useOwnAccount(connection.name);
  const mayNotManage = useWhyNot("connections:write");
  const mayNotCall = useWhyNot("tools:call");
  const mayNot = mayNotManage ?? mayNotCall;
  return (
    <Callout
      tone="bad"
      role="status"
      title={connection.reason ?? "It waits for somebody to sign in."}
      actions={mayNot === undefined && <OwnSignInButton connection={connection.name} auth={connection.auth} actions={actions} />}
    >
      {mayNot === undefined ? (
        <p>Yours is used for your own calls, and to keep the list of tools up to date. Everybody else signs in for themselves.</p>
      ) : (
        <p>Ask an owner or admin to sign in. Its tools appear then, and each person signs in when they first use one.</p>
      )}
      <FormError problem={actions.problem} />
    </Callout>
  );
}
