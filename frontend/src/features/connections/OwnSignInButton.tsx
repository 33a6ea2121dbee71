import { Button } from "@mantine/core";

import type { Auth } from "@/api/generated/schema";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import type { OwnAccountActions } from "./useOwnAccount";

interface OwnSignInButtonProps {
  /** The connection's name. */
  connection: string;
  auth: Auth;
  actions: OwnAccountActions;
}

/** Leads to the service's own page, or to where one enters a key. */
export function OwnSignInButton({ connection, auth, actions }: OwnSignInButtonProps) {
  const { slug: workspace } = useWorkspace();
  if (auth !== "oauth")
    return (
      <LinkButton size="xs" variant="default" to={paths.ownAccount({ workspace, connection })}>
        Enter your key
      </LinkButton>
    );
  return (
    <Button size="xs" variant="default" loading={actions.isPending} onClick={actions.signIn}>
      Sign in with your account
    </Button>
  );
}
