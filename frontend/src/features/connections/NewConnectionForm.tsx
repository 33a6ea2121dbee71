import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { api } from "@/api/client";
import type { CatalogEntryView, CatalogVariable } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { addressOf } from "./address";
import { ClientFields } from "./ClientFields";
import { refreshConnections } from "./connectionQueries";
import { NameField } from "./NameField";
import classes from "./NewConnectionPage.module.css";
import { SignInFields } from "./SignInFields";
import { storeClient } from "./storeClient";
import { authOptions, emptyWish, exampleTool, missingIn, requestOf, variablesOf, type Wish } from "./wish";

/** `entry` is the service of the catalogue; none: a custom server. */
export function NewConnectionForm({ entry }: { entry: CatalogEntryView | undefined }) {
  const create = useCreate(entry);
  const form = useForm<Wish>({ initialValues: emptyWish(entry), validate: (wish) => missingIn(wish, entry) });
  const { submit, problem, isPending } = useSubmit(form, create);
  const { slug } = useWorkspace();
  const variables = variablesOf(entry, form.values.remote);
  const field = (path: string) => form.getInputProps(path) as FieldProps;
  const shownFields = [
    "name",
    "title",
    "url",
    "secret",
    "header_name",
    "remote",
    "client_id",
    ...variables.map(({ name }) => `variables.${name}`),
  ];
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((wish) => void submit(wish))}>
      {!entry && <ServerFields field={field} />}
      {entry && entry.addresses.length > 1 && (
        <NativeSelect
          label="Address"
          data={entry.addresses.map(({ url, note }, number) => ({
            value: String(number),
            label: note === null ? url : `${url} – ${note}`,
          }))}
          value={String(form.values.remote)}
          error={form.errors.remote}
          onChange={(event) => {
            form.setFieldValue("remote", Number(event.currentTarget.value));
          }}
        />
      )}
      {variables.map((variable) => (
        <VariableField key={variable.name} variable={variable} {...field(`variables.${variable.name}`)} />
      ))}
      <NameField tool={exampleTool(entry?.id)} {...field("name")} />
      <TextInput label="Title" description="What people see." maxLength={80} {...field("title")} />
      <SignInFields
        value={form.values}
        onChange={(changed) => {
          form.setValues(changed);
        }}
        errors={form.errors}
        options={authOptions(entry)}
        isKeyNameKnown={entry !== undefined && form.values.auth in entry.key_names}
      />
      {entry?.needs === "client" && form.values.auth === "oauth" && (
        <ClientFields
          value={form.values}
          onChange={(changed) => {
            form.setValues(changed);
          }}
          errors={form.errors}
        />
      )}
      {entry && (
        <div className={classes.target}>
          Conducktor will connect to{" "}
          <code>{addressOf(entry.addresses[form.values.remote]?.url ?? "", form.values.variables)}</code>
        </div>
      )}
      <FormError problem={problem} shownFields={shownFields} />
      <div className={classes.buttons}>
        <Button type="submit" loading={isPending}>
          Connect
        </Button>
        <Button variant="subtle" color="gray" component={Link} to={paths.newConnection({ workspace: slug })}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** What Mantine's `getInputProps` gives, typed: its `onChange` takes an event or the value itself. */
interface FieldProps {
  value: string;
  onChange: (given: unknown) => void;
  error?: ReactNode;
}

function ServerFields({ field }: { field: (path: string) => FieldProps }) {
  return (
    <>
      <TextInput
        label="Address"
        description="The server’s MCP endpoint, not its web page."
        placeholder="https://mcp.example.com/mcp"
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        {...field("url")}
      />
      <NativeSelect
        label="Transport"
        description="Most servers speak streamable HTTP."
        data={[
          { value: "streamable_http", label: "Streamable HTTP" },
          { value: "sse", label: "HTTP + SSE (older)" },
        ]}
        {...field("transport")}
      />
    </>
  );
}

interface VariableFieldProps extends FieldProps {
  variable: CatalogVariable;
}

/** A blank in the address of a service. */
function VariableField({ variable, ...field }: VariableFieldProps) {
  const label = variable.description ?? variable.name;
  return variable.choices.length > 0 ? (
    <NativeSelect label={label} data={variable.choices} {...field} />
  ) : (
    <TextInput label={label} placeholder={variable.placeholder ?? undefined} autoComplete="off" spellCheck={false} {...field} />
  );
}

function useCreate(entry: CatalogEntryView | undefined) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async (wish: Wish) => {
    const { data } = await api.POST("/api/workspaces/{workspace}/connections", {
      params: { path: { workspace: slug } },
      body: requestOf(wish, entry),
    });
    if (data) await storeClient(slug, data.name, wish);
    void refreshConnections(queryClient, slug);
    if (data) await navigate({ to: paths.connection({ workspace: slug, connection: data.name }) });
  };
}
