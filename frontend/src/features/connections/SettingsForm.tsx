import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { ConnectionView, Transport } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import { changeOf, type Edits, settingsOf } from "./settingsEdits";
import classes from "./SettingsTab.module.css";
import { SignInFields } from "./SignInFields";
import { authOptions } from "./wish";

const FIELDS = ["title", "url", "transport", "header_name", "secret"];

export interface SettingsFormProps {
  connection: ConnectionView;
  whyNot: string | undefined;
}

export function SettingsForm({ connection, whyNot }: SettingsFormProps) {
  const [edits, setEdits] = useState<Edits>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isSaved, setSaved] = useState(false);
  const save = useUpdate(connection);
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (change: NonNullable<ReturnType<typeof changeOf>>) => {
    await save(change);
    setEdits({});
    setSaved(true);
  });
  const settings = { ...settingsOf(connection), ...edits };
  const change = changeOf(connection, edits);
  const isDisabled = whyNot !== undefined;

  function edit(changed: Edits) {
    setSaved(false);
    setEdits({ ...edits, ...changed });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in changed))));
  }

  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (change) void submit(change);
      }}
    >
      <TextInput
        label="Title"
        description="What people see."
        maxLength={80}
        disabled={isDisabled}
        value={settings.title}
        error={errors.title}
        onChange={(event) => {
          edit({ title: event.currentTarget.value });
        }}
      />
      <TextInput
        label="Address"
        description="When it leads to another server, the key has to be entered again, or somebody has to sign in again."
        type="url"
        spellCheck={false}
        disabled={isDisabled}
        value={settings.url}
        error={errors.url}
        onChange={(event) => {
          edit({ url: event.currentTarget.value });
        }}
      />
      {connection.transport !== "openapi" && (
        <NativeSelect
          label="Transport"
          disabled={isDisabled}
          data={TRANSPORTS}
          value={settings.transport}
          error={errors.transport}
          onChange={(event) => {
            edit({ transport: event.currentTarget.value as Transport });
          }}
        />
      )}
      <SignInFields
        value={settings}
        onChange={edit}
        errors={errors}
        options={authOptions(undefined)}
        hasStoredSecret={connection.has_secret && settings.auth === connection.auth}
        isDisabled={isDisabled}
        isSigningIn={connection.auth === "oauth"}
      />
      <FormError problem={problem} shownFields={FIELDS} />
      {!isDisabled && (
        <div className={classes.buttons}>
          <Button type="submit" loading={isPending} disabled={change === undefined}>
            Save changes
          </Button>
          {change !== undefined && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setEdits({});
                setErrors({});
              }}
            >
              Discard
            </Button>
          )}
          <span role="status" className={classes.saved}>
            {isSaved && change === undefined && "Saved"}
          </span>
        </div>
      )}
    </form>
  );
}

const TRANSPORTS = [
  { value: "streamable_http", label: "Streamable HTTP" },
  { value: "sse", label: "HTTP + SSE (older)" },
];

function useUpdate({ name }: ConnectionView) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  return async (body: NonNullable<ReturnType<typeof changeOf>>) => {
    await api.PATCH("/api/workspaces/{workspace}/connections/{name}", { params: { path: { workspace: slug, name } }, body });
    await refreshConnections(queryClient, slug);
  };
}
