import { Button } from "@mantine/core";
import { IconAlertTriangle, IconRosetteDiscountCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { AuthorizationView, ClientView, Part } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";

import classes from "./AuthorizationsTable.module.css";
import { isPowerful, scopesInWords } from "./scopes";

export interface AuthorizationsTableProps {
  rows: readonly AuthorizationView[] | undefined;
  error: unknown;
  onRetry: () => void;
  onRevoke: (authorization: AuthorizationView) => void;
  empty: ReactNode;
}

export function AuthorizationsTable({ onRevoke, ...table }: AuthorizationsTableProps) {
  return <DataTable {...table} name="Authorized apps" columns={[...COLUMNS, revokeColumn(onRevoke)]} rowKey={({ id }) => id} />;
}

const COLUMNS: readonly Column<AuthorizationView>[] = [
  { key: "app", header: "App", width: "13.5rem", cell: ({ client }) => <App client={client} /> },
  { key: "person", header: "Acts for", width: "9.5rem", cell: (row) => <Person row={row} /> },
  {
    key: "may",
    header: "May",
    isLong: true,
    cell: ({ scopes, part }) => (
      <span className={classes.may} title={scopesInWords(scopes)}>
        {isPowerful(scopes) && <IconAlertTriangle size={13} stroke={1.75} aria-label="Far-reaching:" />}
        {scopesInWords(scopes)}
        {part && <OnlyPart part={part} />}
      </span>
    ),
  },
  {
    key: "created",
    header: "Authorized",
    width: "8.5rem",
    isSecondary: true,
    cell: ({ created_at: at }) => (
      <span className={classes.quiet}>
        <RelativeTime at={at} />
      </span>
    ),
  },
  {
    key: "used",
    header: "Last used",
    width: "8.5rem",
    cell: ({ last_used_at: at }) => (
      <span className={classes.quiet}>
        <span className={classes.unit}>Last used </span>
        {at === null ? "not yet" : <RelativeTime at={at} />}
      </span>
    ),
  },
];

function revokeColumn(onRevoke: (authorization: AuthorizationView) => void): Column<AuthorizationView> {
  return {
    key: "revoke",
    header: "",
    width: "6rem",
    align: "right",
    cell: (row) => (
      <Button
        variant="default"
        size="compact-xs"
        aria-label={`Revoke ${row.client.name} of ${row.is_own ? "yourself" : row.person}`}
        onClick={() => {
          onRevoke(row);
        }}
      >
        Revoke
      </Button>
    ),
  };
}

function App({ client }: { client: ClientView }) {
  return (
    <span className={classes.app}>
      <ServiceAvatar name={client.name} />
      <span className={classes.names}>
        <span className={classes.name} title={client.id}>
          <PlainText text={client.name} />
          <Verified isVerified={client.verified} />
        </span>
        <span className={classes.host}>{client.is_loopback ? "a program on the person’s computer" : client.redirect_host}</span>
      </span>
    </span>
  );
}

function Verified({ isVerified }: { isVerified: boolean }) {
  if (isVerified) {
    return (
      <span className={classes.verified} title="This name is proven.">
        <IconRosetteDiscountCheck size={14} stroke={1.75} aria-label="verified" />
      </span>
    );
  }
  return (
    <span className={classes.unverified} title="Anybody can register an app under this name.">
      unverified
    </span>
  );
}

/** It was connected by the address of one toolset or connection, and gets no more than that. */
function OnlyPart({ part: { kind, name } }: { part: Part }) {
  return (
    <span className={classes.part}>
      Only the {kind} <code>{name}</code>
    </span>
  );
}

function Person({ row }: { row: AuthorizationView }) {
  return <span title={row.email}>{row.is_own ? `${row.person} (you)` : row.person}</span>;
}
