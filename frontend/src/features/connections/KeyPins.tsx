import { Button, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api, queries } from "@/api/client";
import type { ConnectionView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./SettingsTab.module.css";

/** For services that announce their keys: another key is refused, even with a good certificate. */
export function KeyPins({ connection, whyNot }: { connection: ConnectionView; whyNot: string | undefined }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const [text, setText] = useState<string>();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (pins: string[]) => {
    const path = { workspace: slug, name: connection.name };
    await api.PATCH("/api/workspaces/{workspace}/connections/{name}", { params: { path }, body: { pins } });
    await refreshConnections(queryClient, slug);
    setText(undefined);
  });
  const value = text ?? connection.pins.join("\n");
  return (
    <form
      className={`${classes.section ?? ""} ${classes.keys ?? ""}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit(value.split("\n"));
      }}
    >
      <div className={classes.words}>
        <h2 className={classes.heading}>Pinned keys</h2>
        <p>
          Certificates are always verified. If the service announces its keys, you may pin them: its server is then called only
          while it shows one of them.
        </p>
      </div>
      <Textarea
        className={classes.wide}
        label="Keys"
        description="One a line: the SHA-256 of a public key in base64. At least two, so that the service can change to its spare key. None: nothing is pinned."
        rows={3}
        spellCheck={false}
        disabled={whyNot !== undefined}
        value={value}
        error={errors.pins}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      <FormError problem={problem} shownFields={["pins"]} />
      {whyNot === undefined && (
        <>
          <div className={classes.buttons}>
            <Button type="submit" variant="default" loading={isPending} disabled={text === undefined}>
              Save pinned keys
            </Button>
          </div>
          <ShownKey name={connection.name} />
        </>
      )}
    </form>
  );
}

function ShownKey({ name }: { name: string }) {
  const { slug } = useWorkspace();
  const path = { workspace: slug, name };
  const shown = useQuery({
    ...queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/shown-key", { params: { path } }),
    enabled: false,
  });
  return (
    <div className={classes.buttons}>
      <Button size="xs" variant="default" loading={shown.isFetching} onClick={() => void shown.refetch()}>
        Show the server’s present key
      </Button>
      {shown.data && (
        <span role="status" className={classes.shown}>
          <code>{shown.data.pin}</code> {shown.data.is_pinned ? "is pinned." : "is not pinned."}
          {!shown.data.is_pinned && " Pin it only if the service announces this very key: whoever is in between shows another."}
        </span>
      )}
      <FormError problem={failureOf(shown)} />
    </div>
  );
}
