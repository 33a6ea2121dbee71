import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { api } from "@/api/client";
import type { ImportReport } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { PageHeader } from "@/components/ui/PageHeader";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./NewConnectionPage.module.css";
import { NO_SOURCE, SourceFields } from "./SourceFields";

/** Adds services to the gallery from `server.json` documents. */
export function ImportPage() {
  const { slug } = useWorkspace();
  const whyNot = useWhyNot("connections:write");
  return (
    <>
      <Crumbs
        above={[
          { label: "Connections", href: paths.connections({ workspace: slug }) },
          { label: "Add", href: paths.newConnection({ workspace: slug }) },
        ]}
      />
      <PageHeader
        title="Import services"
        description="Adds services to this workspace’s gallery from a server.json document, the format of the MCP registry. You choose afterwards what to connect."
      />
      {whyNot === undefined ? <ImportForm /> : <ForbiddenState nextStep={whyNot} />}
    </>
  );
}

function ImportForm() {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const [source, setSource] = useState(NO_SOURCE);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [report, setReport] = useState<ImportReport>();
  const { submit, problem, isPending } = useSubmit({ setErrors }, async ({ url, text, fileName }: typeof source) => {
    setReport(undefined);
    const { data } = await api.POST("/api/workspaces/{workspace}/catalog/import", {
      params: { path: { workspace: slug } },
      body: text === undefined ? { url: url.trim() } : { document: text, file_name: fileName ?? null },
    });
    setReport(data);
    await refreshConnections(queryClient, slug);
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit(source);
      }}
    >
      <SourceFields
        value={source}
        onChange={setSource}
        onError={(message) => {
          setErrors(message === undefined ? {} : { url: message });
        }}
        label="Address of the document"
        placeholder="https://example.com/server.json"
        accept=".json,application/json"
        error={errors.url}
      />
      <FormError problem={problem} shownFields={["url"]} />
      {report && <Outcome report={report} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={isPending} disabled={source.text === undefined && source.url.trim() === ""}>
          Import
        </Button>
        <Button variant="subtle" color="gray" component={Link} to={paths.newConnection({ workspace: slug })}>
          Back to the gallery
        </Button>
      </div>
    </form>
  );
}

function Outcome({ report: { imported, refused } }: { report: ImportReport }) {
  const { slug } = useWorkspace();
  return (
    <>
      {imported.length > 0 && (
        <Callout
          tone="ok"
          role="status"
          title={imported.length === 1 ? "One service was imported" : `${String(imported.length)} services were imported`}
        >
          <ul className={classes.list}>
            {imported.map(({ id, title }) => (
              <li key={id}>
                <Link to={paths.connectService({ workspace: slug, service: id })}>Connect {title}</Link>
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {refused.length > 0 && (
        <Callout tone="warn" role="status" title={`${String(refused.length)} could not be imported`}>
          <ul className={classes.list}>
            {refused.map(({ name, reason }, number) => (
              <li key={`${name}${String(number)}`}>
                <code>{name}</code>: {reason}
              </li>
            ))}
          </ul>
        </Callout>
      )}
    </>
  );
}
