import { Autocomplete, Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { api } from "@/api/client";
import type { ApiView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { PageHeader } from "@/components/ui/PageHeader";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { apiAuthOptions, apiWishOf, emptyApiWish, scopesOf, type ApiWish } from "./apiWish";
import { ClientFields } from "./ClientFields";
import { refreshConnections } from "./connectionQueries";
import { NameField } from "./NameField";
import classes from "./NewConnectionPage.module.css";
import { RegisterApp } from "./RegisterApp";
import { SignInFields } from "./SignInFields";
import { NO_SOURCE, type Source } from "./SourceFields";
import { SourceForm } from "./SourceForm";
import { storeClient } from "./storeClient";

const OperationPicker = lazy(() => import("./OperationPicker"));

/** A REST service without an MCP server becomes a connection by its OpenAPI document. */
export function NewApiPage() {
  const { slug } = useWorkspace();
  const whyNot = useWhyNot("connections:write");
  const [source, setSource] = useState(NO_SOURCE);
  const [found, setFound] = useState<ApiView>();
  return (
    <>
      <Crumbs
        above={[
          { label: "Connections", href: paths.connections({ workspace: slug }) },
          { label: "Add", href: paths.newConnection({ workspace: slug }) },
        ]}
      />
      <PageHeader
        title={found === undefined ? "Connect a REST API" : `Connect ${found.title}`}
        description="For services without an MCP server: each operation that you choose from its OpenAPI 3 document becomes a tool."
      />
      {whyNot !== undefined && <ForbiddenState nextStep={whyNot} />}
      {whyNot === undefined && found === undefined && <ReadForm source={source} setSource={setSource} onFound={setFound} />}
      {whyNot === undefined && found !== undefined && (
        <ConnectForm
          found={found}
          source={source}
          onBack={() => {
            setFound(undefined);
          }}
        />
      )}
    </>
  );
}

interface ReadFormProps {
  source: Source;
  setSource: (source: Source) => void;
  onFound: (found: ApiView | undefined) => void;
}

function ReadForm({ source, setSource, onFound }: ReadFormProps) {
  const { slug } = useWorkspace();
  return (
    <SourceForm
      value={source}
      onChange={setSource}
      label="Address of the OpenAPI document"
      placeholder="https://api.example.com/openapi.json"
      accept=".json,.yaml,.yml,application/json,application/yaml"
      fields={["document_url", "document"]}
      verb="Read the document"
      onSubmit={async ({ url, text }) => {
        const { data } = await api.POST("/api/workspaces/{workspace}/apis/read", {
          params: { path: { workspace: slug } },
          body: text === undefined ? { document_url: url.trim() } : { document: text },
        });
        onFound(data);
      }}
    />
  );
}

const FIELDS = ["url", "name", "title", "secret", "header_name", "operations"];

function ConnectForm({ found, source, onBack }: { found: ApiView; source: Source; onBack: () => void }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [wish, setWish] = useState<ApiWish>(() => emptyApiWish(found));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const change = (changed: Partial<ApiWish>) => {
    setWish({ ...wish, ...changed });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in changed))));
  };
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (wanted: ApiWish) => {
    const { data } = await api.POST("/api/workspaces/{workspace}/apis", {
      params: { path: { workspace: slug } },
      body: apiWishOf(wanted, source),
    });
    if (data && wanted.auth === "oauth") await storeClient(slug, data.name, wanted);
    void refreshConnections(queryClient, slug);
    if (data) await navigate({ to: paths.connection({ workspace: slug, connection: data.name }) });
  });
  const named = found.security.find(({ auth }) => auth === wish.auth);
  return (
    <form
      className={classes.wide}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit(wish);
      }}
    >
      <section className={classes.section}>
        <h2>Operations</h2>
        <p>Choose those that are needed: ChatGPT chooses badly among hundreds of tools. You can add others later.</p>
        <Suspense fallback={<DetailSkeleton />}>
          <OperationPicker
            operations={found.operations}
            chosen={wish.operations}
            onChange={(operations) => {
              change({ operations });
            }}
          />
        </Suspense>
      </section>
      <div className={classes.form}>
        <Autocomplete
          label="Address of the service"
          description="All calls go to this address. Reading the document again never changes it."
          placeholder="https://api.example.com/v1"
          data={found.servers}
          value={wish.url}
          error={errors.url}
          onChange={(url) => {
            change({ url });
          }}
        />
        <NameField
          tool={found.operations[0]?.tool ?? "search"}
          value={wish.name}
          error={errors.name}
          onChange={(name) => {
            change({ name });
          }}
        />
        <TextInput
          label="Title"
          description="What people see."
          maxLength={80}
          value={wish.title}
          error={errors.title}
          onChange={(event) => {
            change({ title: event.currentTarget.value });
          }}
        />
        <SignInFields
          value={wish}
          onChange={(changed) => {
            change({ ...changed, ...(changed.auth && { header_name: keyNameOf(found, changed.auth) }) });
          }}
          errors={errors}
          options={apiAuthOptions(found)}
        />
        {wish.auth === "oauth" && (
          <>
            <RegisterApp title={found.title} redirectUri={found.redirect_uri} scopes={scopesOf(found, wish.operations)} />
            <ClientFields value={wish} onChange={change} errors={errors} />
          </>
        )}
        {wish.auth !== "oauth" && named?.note != null && <p className={classes.target}>{named.note}</p>}
        <FormError problem={problem} shownFields={FIELDS} />
        <div className={classes.buttons}>
          <Button type="submit" loading={isPending} disabled={wish.operations.size === 0}>
            Connect {wish.operations.size} {wish.operations.size === 1 ? "operation" : "operations"}
          </Button>
          <Button variant="subtle" color="gray" onClick={onBack}>
            Another document
          </Button>
        </div>
      </div>
    </form>
  );
}

function keyNameOf({ security }: ApiView, auth: string): string {
  return security.find((option) => option.auth === auth)?.key_name ?? "";
}
