import { Button } from "@mantine/core";
import { IconLinkOff, IconUserQuestion } from "@tabler/icons-react";

import type { ApiProblem } from "@/api/ApiProblem";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { StatePanel } from "@/components/ui/StatePanel";
import { paths } from "@/paths";

import { useSignOut } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";

interface NoOwnAccountProps {
  /** The connection's name. */
  connection: string;
  link: string | undefined;
  failure: ApiProblem;
  onRetry: () => void;
}

/** Why there is no account to show, and what to do about it. */
export function NoOwnAccount({ connection, link, failure, onRetry }: NoOwnAccountProps) {
  const { slug: workspace } = useWorkspace();
  const above = [{ label: "Connections", href: paths.connections({ workspace }) }];
  if (!failure.isNotFound) above.push({ label: connection, href: paths.connection({ workspace, connection }) });
  return (
    <>
      <Crumbs above={above} />
      <PageHeader title={`Your account at ${connection}`} />
      {link !== undefined && failure.code in ENDS ? (
        <DeadLink connection={connection} link={link} failure={failure} />
      ) : (
        <ErrorState error={failure} onRetry={failure.status === CONFLICT ? undefined : onRetry} />
      )}
    </>
  );
}

const CONFLICT = 409;
const ENDS = { link_of_somebody_else: IconUserQuestion, link_expired: IconLinkOff };

function DeadLink({ connection, link, failure }: Omit<NoOwnAccountProps, "onRetry" | "link"> & { link: string }) {
  const { slug: workspace } = useWorkspace();
  const signOut = useSignOut();
  const page = paths.ownAccount({ workspace, connection });
  return (
    <StatePanel
      icon={ENDS[failure.code as keyof typeof ENDS]}
      title={failure.title.replace(/\.$/, "")}
      role="alert"
      actions={
        failure.code === "link_expired" ? (
          <LinkButton variant="default" to={page} search={{}}>
            Go on without the link
          </LinkButton>
        ) : (
          <Button variant="default" onClick={() => void signOut(`${page}?link=${link}`)}>
            Sign in as somebody else
          </Button>
        )
      }
    >
      <p>{failure.detail}</p>
      {failure.nextStep !== undefined && <p>{failure.nextStep}</p>}
    </StatePanel>
  );
}
