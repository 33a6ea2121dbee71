import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "@/api/client";
import type { ConnectionView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { countOf, toolsThere } from "./attention";
import { connectionQuery, refreshConnections } from "./connectionQueries";
import classes from "./SettingsTab.module.css";

export function DeleteConnection({ connection, whyNot }: { connection: ConnectionView; whyNot: string | undefined }) {
  const [isAsking, question] = useDisclosure(false);
  const remove = useDelete(connection);
  return (
    <section className={classes.section}>
      <div className={classes.words}>
        <h2 className={classes.heading}>Delete this connection</h2>
        <p>Its tools, key and all decisions about them go with it. The audit stays.</p>
      </div>
      <GuardedButton whyNot={whyNot} variant="outline" color="red" onClick={question.open}>
        Delete connection
      </GuardedButton>
      <ConfirmDialog
        isOpen={isAsking}
        verb="Delete connection"
        name={connection.name}
        mustTypeName
        consequences={consequencesOf(connection)}
        onConfirm={remove}
        onClose={question.close}
      />
    </section>
  );
}

function consequencesOf({ name, tools, has_secret: hasSecret }: ConnectionView): string[] {
  const count = toolsThere(tools);
  return [
    count === 0
      ? "ChatGPT can no longer use this service through Conducktor."
      : `ChatGPT loses ${countOf(count, "tool")} at once: everything that begins with ${name}_.`,
    ...(hasSecret ? ["Its stored key is destroyed. It stays valid at the service until you revoke it there."] : []),
    "Accepted definitions and classes set for its tools are forgotten.",
    "What was done through it stays in the audit.",
  ];
}

function useDelete({ name }: ConnectionView) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await api.DELETE("/api/workspaces/{workspace}/connections/{name}", { params: { path: { workspace: slug, name } } });
    await navigate({ to: paths.connections({ workspace: slug }) });
    queryClient.removeQueries({ queryKey: connectionQuery(slug, name).queryKey });
    await refreshConnections(queryClient, slug);
    notifications.show({ message: `${name} is deleted.` });
  };
}
