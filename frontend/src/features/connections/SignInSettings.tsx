import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { ConnectionView, SignInView } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections, signInQuery } from "./connectionQueries";
import classes from "./SettingsTab.module.css";
import { SignInButton } from "./SignInButton";
import { useSignIn } from "./useSignIn";

/** Who signed in at the service, and the app that an admin registered there, for services that want one. */
export function SignInSettings({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const query = useQuery(signInQuery(slug, connection.name));
  const { data } = query;
  const signIn = useSignIn(connection.name);
  const failure = failureOf(query);
  if (!data) return failure ? <ErrorState error={failure} onRetry={() => void query.refetch()} /> : null;
  return (
    <>
      <section className={classes.section}>
        <div className={classes.words}>
          <h2 className={classes.heading}>The workspace’s account</h2>
          <p>
            {data.signed_in_by !== null && data.signed_in_at !== null ? (
              <>
                {data.signed_in_by} signed in <RelativeTime at={data.signed_in_at} />.
              </>
            ) : (
              nobodyWords(connection)
            )}
          </p>
        </div>
        <SignInButton signIn={signIn} label={data.signed_in_by === null ? "Sign in" : "Sign in again"} />
        {signIn.problem !== undefined && (
          <div className={classes.wide}>
            <FormError problem={signIn.problem} />
          </div>
        )}
      </section>
      <ClientForm key={data.client_id} connection={connection} signIn={data} />
    </>
  );
}

function nobodyWords({ personal_for: personalFor }: ConnectionView): string {
  return personalFor.length === 3
    ? "Nobody is signed in, and nobody has to be: each person uses their own."
    : "Nobody is signed in.";
}

const FIELDS = ["client_id", "secret"];

function ClientForm({ connection, signIn }: { connection: ConnectionView; signIn: SignInView }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const [client, setClient] = useState({ client_id: signIn.client_id ?? "", secret: "" });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (body: typeof client) => {
    const path = { workspace: slug, name: connection.name };
    await api.PUT("/api/workspaces/{workspace}/connections/{name}/sign-in-client", { params: { path }, body });
    await refreshConnections(queryClient, slug);
    setClient({ ...body, secret: "" });
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit(client);
      }}
    >
      <div className={classes.words}>
        <h2 className={classes.heading}>App registered at the service</h2>
        <p>
          {connection.transport === "openapi" ? "The service must know Conducktor." : "Only for services that ask for one."}{" "}
          Register it there with the redirect URI <code>{signIn.redirect_uri}</code>
        </p>
      </div>
      <TextInput
        label="Client ID"
        autoComplete="off"
        spellCheck={false}
        value={client.client_id}
        error={errors.client_id}
        onChange={(event) => {
          setClient({ ...client, client_id: event.currentTarget.value });
        }}
      />
      <PasswordInput
        label="Client secret"
        description={signIn.has_client_secret ? "One is stored. What is saved here replaces it." : "If the service gave you one."}
        autoComplete="new-password"
        value={client.secret}
        error={errors.secret}
        onChange={(event) => {
          setClient({ ...client, secret: event.currentTarget.value });
        }}
      />
      <FormError problem={problem} shownFields={FIELDS} />
      <div className={classes.buttons}>
        <Button type="submit" variant="default" loading={isPending}>
          Save app
        </Button>
      </div>
    </form>
  );
}
