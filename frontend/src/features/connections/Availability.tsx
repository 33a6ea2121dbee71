import { useQueryClient } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";
import type { ConnectionView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./SettingsTab.module.css";

/** Switches a connection off and on. Off, it keeps everything; it only offers nothing. */
export function Availability({ connection, whyNot }: { connection: ConnectionView; whyNot: string | undefined }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const update = queries.useMutation("patch", "/api/workspaces/{workspace}/connections/{name}", {
    onSuccess: () => refreshConnections(queryClient, slug),
  });
  const failure = failureOf(update);
  const isEnabled = connection.state !== "DISABLED";
  return (
    <section className={classes.section}>
      <div className={classes.words}>
        <h2 className={classes.heading}>{isEnabled ? "Disable this connection" : "Enable this connection"}</h2>
        <p>
          {isEnabled
            ? "Its tools are no longer offered and calls to them are refused, at once. Its key and your decisions about its tools are kept."
            : "Conducktor asks the server what it offers, then its tools are offered again."}
        </p>
      </div>
      <GuardedButton
        whyNot={whyNot}
        variant="default"
        loading={update.isPending}
        onClick={() => {
          update.mutate({ params: { path: { workspace: slug, name: connection.name } }, body: { is_enabled: !isEnabled } });
        }}
      >
        {isEnabled ? "Disable" : "Enable"}
      </GuardedButton>
      {failure !== undefined && (
        <div className={classes.wide}>
          <FormError problem={failure} />
        </div>
      )}
    </section>
  );
}
