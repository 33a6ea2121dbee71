import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { ConnectionView, Installation } from "@/api/generated/schema";
import { CopyField } from "@/components/ui/CopyField";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { paths } from "@/paths";

import { titleOf } from "../audit/deeds";
import { ConfirmAddress } from "../identity/ConfirmAddress";
import { useSession } from "../identity/session";
import { useWhyNot } from "../workspaces/useWorkspace";
import classes from "./ConnectGuide.module.css";
import type { Guide } from "./guide";

/* What to do in each step, and how it stands. ChatGPT's own clicks change: docs/connect-chatgpt.md has the same and says of when. */

export function Confirm() {
  const { user } = useSession();
  return user?.email_verified ? <p className={classes.words}>{user.email}</p> : <ConfirmAddress />;
}

export function AddConnection({ workspace, connections }: { workspace: string; connections: readonly ConnectionView[] }) {
  const whyNot = useWhyNot("connections:write");
  const active = connections.filter(({ state }) => state === "ACTIVE");
  if (active.length > 0) {
    const names = active.map(({ name }) => name);
    const more = names.length - NAMED;
    return (
      <p className={classes.words}>
        {names.slice(0, NAMED).join(", ")}
        {more > 0 && ` and ${String(more)} more`}
      </p>
    );
  }
  if (connections.length > 0) {
    return (
      <p className={classes.words}>
        None is active yet. <Link to={paths.connections({ workspace })}>See why</Link>
      </p>
    );
  }
  const icon = <IconPlus size={15} stroke={2} aria-hidden />;
  return (
    <>
      <p className={classes.words}>
        A service whose tools ChatGPT shall use, such as an issue tracker. The sandbox will do to begin with.
      </p>
      {whyNot === undefined ? (
        <LinkButton to={paths.newConnection({ workspace })} leftSection={icon}>
          Add connection
        </LinkButton>
      ) : (
        <GuardedButton whyNot={whyNot} leftSection={icon}>
          Add connection
        </GuardedButton>
      )}
    </>
  );
}

const NAMED = 3;

export function AuthorizeInChatGpt({ installation }: { installation: Installation }) {
  return (
    <>
      <ol className={classes.clicks}>
        <li>
          Open <strong>chatgpt.com/plugins</strong>, press <strong>+</strong> and choose <strong>Add custom MCP server</strong>.
          In older accounts, turn on Settings → Developer mode first.
        </li>
        <li>
          Name it <strong>Conducktor</strong>, choose <strong>OAuth</strong>, and paste these two. There is no secret.
          <div className={classes.values}>
            <CopyField label="Server URL" value={installation.mcp_endpoint} />
            <CopyField label="Client ID" value={installation.client_id} />
          </div>
        </li>
        <li>
          Tick the risk note, create it, then <strong>install</strong> it.
        </li>
        <li>
          You are sent here: choose the workspace, read what ChatGPT will be able to do, press <strong>Authorize</strong>.
        </li>
      </ol>
      <p className={classes.note}>
        In ChatGPT Business, Enterprise and Edu an admin adds it once for everybody; each person still authorizes with their own
        account.
      </p>
    </>
  );
}

export function AskSomething({ workspace, guide: { app, lastCall } }: { workspace: string; guide: Guide }) {
  return (
    <>
      <p className={classes.words}>
        Ask ChatGPT <q>What connections do I have?</q>
      </p>
      {lastCall && (
        <p className={classes.words}>
          The last one:{" "}
          <Link to={paths.auditEntry({ workspace, entry: lastCall.id })} className={classes.tool}>
            {titleOf(lastCall)}
          </Link>
          , <RelativeTime at={lastCall.at} />
        </p>
      )}
      {!lastCall && app?.last_used_at != null && (
        <p className={classes.note}>
          {app.client.name} was here <RelativeTime at={app.last_used_at} />, for the list of tools. Its first call is awaited.
        </p>
      )}
    </>
  );
}
