import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { api } from "@/api/client";
import type { ImportReport } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./NewConnectionPage.module.css";
import { NO_SOURCE } from "./SourceFields";
import { SourceForm } from "./SourceForm";

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
  const [report, setReport] = useState<ImportReport>();
  return (
    <SourceForm
      value={source}
      onChange={setSource}
      label="Address of the document"
      placeholder="https://example.com/server.json"
      accept=".json,application/json"
      fields={["url", "document"]}
      verb="Import"
      onSubmit={async ({ url, text, file }) => {
        setReport(undefined);
        const { data } = await api.POST("/api/workspaces/{workspace}/catalog/import", {
          params: { path: { workspace: slug } },
          body: text === undefined ? { url: url.trim() } : { document: text, file_name: file?.name ?? null },
        });
        setReport(data);
        await refreshConnections(queryClient, slug);
      }}
    >
      {report && <Outcome report={report} />}
    </SourceForm>
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
