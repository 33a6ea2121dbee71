import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api, queries } from "@/api/client";
import type { ApiView, ConnectionView, TestReport } from "@/api/generated/schema";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import OperationPicker from "./OperationPicker";
import classes from "./SettingsTab.module.css";
import { NO_SOURCE, SourceFields } from "./SourceFields";

interface ApiSettingsProps {
  connection: ConnectionView;
  whyNot: string | undefined;
}

/** Which operations of a REST service are tools, and its document. */
export function ApiSettings(props: ApiSettingsProps) {
  const { slug } = useWorkspace();
  const query = useQuery(
    queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/api", {
      params: { path: { workspace: slug, name: props.connection.name } },
    }),
  );
  const { data } = query;
  const failure = failureOf(query);
  if (!data) return failure ? <ErrorState error={failure} onRetry={() => void query.refetch()} /> : null;
  return <Form key={data.operations.filter((one) => one.is_chosen).length} {...props} known={data} />;
}

interface Change {
  operations?: string[];
  document?: string;
  document_url?: string;
  is_refreshed?: boolean;
}

function Form({ connection, whyNot, known }: ApiSettingsProps & { known: ApiView }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(known.operations.filter((one) => one.is_chosen).map(({ key }) => key)),
  );
  const [source, setSource] = useState(NO_SOURCE);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [report, setReport] = useState<TestReport>();
  const change = useChange(connection.name);
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (wanted: Change) => {
    setReport(await change(wanted));
    setSource(NO_SOURCE);
  });
  const isDisabled = whyNot !== undefined;
  return (
    <section className={classes.wide}>
      <div className={classes.words}>
        <h2 className={classes.heading}>Operations that are tools</h2>
        <p>
          From the document of {known.title} {known.version}
          {known.source_url === null ? ", which was uploaded." : `, read from ${known.source_url}.`} Tick what ChatGPT may use.
        </p>
      </div>
      <OperationPicker operations={known.operations} chosen={chosen} onChange={setChosen} isDisabled={isDisabled} />
      {!isDisabled && (
        <>
          <div className={classes.buttons}>
            <Button loading={isPending} disabled={chosen.size === 0} onClick={() => void submit({ operations: [...chosen] })}>
              Save operations
            </Button>
            {known.source_url !== null && (
              <Button variant="default" loading={isPending} onClick={() => void submit({ is_refreshed: true })}>
                Read the document again
              </Button>
            )}
          </div>
          <SourceFields
            value={source}
            onChange={setSource}
            onError={(message) => {
              setErrors(message === undefined ? {} : { document_url: message });
            }}
            label="Another document"
            placeholder="https://api.example.com/openapi.json"
            accept=".json,.yaml,.yml"
            error={errors.document_url ?? errors.document}
          />
          {(source.text !== undefined || source.url !== "") && (
            <div className={classes.buttons}>
              <Button
                variant="default"
                loading={isPending}
                onClick={() => void submit(source.text === undefined ? { document_url: source.url } : { document: source.text })}
              >
                Use this document
              </Button>
            </div>
          )}
          <FormError problem={problem} shownFields={["document_url", "document"]} />
          <p role="status">{report?.message}</p>
        </>
      )}
    </section>
  );
}

function useChange(name: string) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  return async (body: Change) => {
    const { data } = await api.PUT("/api/workspaces/{workspace}/connections/{name}/api", {
      params: { path: { workspace: slug, name } },
      body: { is_refreshed: false, ...body },
    });
    await refreshConnections(queryClient, slug);
    return data;
  };
}
