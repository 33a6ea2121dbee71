import { useQuery } from "@tanstack/react-query";

import type { ConnectionDetail, ConnectionView, HealthView, OfferView } from "@/api/generated/schema";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { CopyField } from "@/components/ui/CopyField";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { Facts } from "@/components/ui/Facts";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { useSession } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./AboutTab.module.css";
import { healthQuery } from "./connectionQueries";
import { AUTH_LABELS } from "./SignInFields";
import { hasKeyName } from "./wish";

/** Where it leads, how it is, and what its server says about itself. */
export default function AboutTab({ detail }: { detail: ConnectionDetail }) {
  const { slug } = useWorkspace();
  const { installation } = useSession();
  const { connection, instructions, offers } = detail;
  const { data: health } = useQuery(healthQuery(slug, connection.name));
  return (
    <div className={classes.about}>
      <Facts facts={[...serverFacts(detail), ...healthFacts(connection, health)]} />
      {connection.notes.length > 0 && (
        <section>
          <h2 className={classes.heading}>Notes of the last check</h2>
          <ul className={classes.list}>
            {connection.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2 className={classes.heading}>Only this connection</h2>
        <p className={classes.words}>
          An MCP client that uses this address instead of the workspace’s sees this connection’s tools alone, under their own
          names.
        </p>
        <CopyField label="Server URL" value={`${installation.mcp_endpoint}/${connection.name}`} />
      </section>
      {instructions !== null && instructions !== "" && (
        <CodeBlock label="Instructions of the server" text={instructions} foldAfter={16} />
      )}
      {offers.length > 0 && (
        <section>
          <h2 className={classes.heading}>Resources and prompts</h2>
          <DataTable
            name="Resources and prompts"
            columns={OFFERS}
            rows={offers}
            rowKey={({ kind, key }) => `${kind} ${key}`}
            empty={null}
          />
        </section>
      )}
    </div>
  );
}

type Facts = Parameters<typeof Facts>[0]["facts"];

function serverFacts({ connection, server_name: server, server_version: version }: ConnectionDetail): Facts {
  return [
    ["Address", <code key="url">{connection.url}</code>],
    ["Transport", TRANSPORTS[connection.transport] ?? connection.transport],
    [
      "Protocol",
      connection.protocol_version === null
        ? "not known yet"
        : connection.transport === "openapi"
          ? "REST by OpenAPI"
          : `MCP ${connection.protocol_version}`,
    ],
    [
      "Server",
      server === null ? "not named" : <PlainText key="server" text={version === null ? server : `${server} ${version}`} />,
    ],
    ["Sign-in", signInOf(connection)],
  ];
}

const TRANSPORTS: Readonly<Record<string, string>> = {
  streamable_http: "Streamable HTTP",
  sse: "HTTP + SSE (older)",
  openapi: "HTTPS, by an OpenAPI document",
  stdio: "Standard input and output, run by this installation",
};

function signInOf({ auth, header_name: header, has_secret: hasSecret }: ConnectionView): string {
  if (auth === "none") return "None";
  const way = hasKeyName(auth) ? `${AUTH_LABELS[auth]} (${header ?? ""})` : AUTH_LABELS[auth];
  return hasSecret ? `${way}, stored encrypted` : `${way}, not entered yet`;
}

function healthFacts(connection: ConnectionView, health: HealthView | undefined): Facts {
  const times = [
    ["Last check", connection.checked_at],
    ["Last success", health?.last_success_at],
    ["Last failure", health?.last_failure_at],
    ["Next check", health?.next_check_at],
    ["Added", connection.created_at],
  ] as const;
  return times.map(([name, at]) => [name, at == null ? "–" : <RelativeTime key={name} at={at} />] as const);
}

const KINDS = { resource: "Resource", resource_template: "Template", prompt: "Prompt" };

const OFFERS: readonly Column<OfferView>[] = [
  { key: "title", header: "Name", width: "30%", cell: ({ title }) => <PlainText text={title} /> },
  { key: "kind", header: "Kind", width: "7rem", cell: ({ kind }) => KINDS[kind] },
  { key: "key", header: "Address or name", width: "30%", cell: ({ key }) => <code title={key}>{key}</code> },
  {
    key: "description",
    header: "Description",
    isSecondary: true,
    cell: ({ description }) => description !== null && <PlainText text={description} />,
  },
];
