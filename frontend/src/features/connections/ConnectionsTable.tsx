import type { ReactNode } from "react";

import type { ConnectionView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { remark, toolsThere } from "./attention";
import classes from "./ConnectionsTable.module.css";

export interface ConnectionsTableProps {
  workspace: string;
  rows: readonly ConnectionView[] | undefined;
  error: unknown;
  onRetry: () => void;
  empty: ReactNode;
}

export function ConnectionsTable({ workspace, ...table }: ConnectionsTableProps) {
  return (
    <DataTable
      {...table}
      name="Connections"
      columns={COLUMNS}
      rowKey={({ id }) => id}
      rowHref={({ name }) => paths.connection({ workspace, connection: name })}
    />
  );
}

const COLUMNS: readonly Column<ConnectionView>[] = [
  {
    key: "name",
    header: "Connection",
    width: "30%",
    cell: ({ name, title }) => (
      <span className={classes.connection}>
        <ServiceAvatar name={title} />
        <span className={classes.name}>{name}</span>
        {title !== name && <span className={classes.title}>{title}</span>}
      </span>
    ),
  },
  {
    key: "state",
    header: "State",
    width: "7rem",
    cell: ({ state }) => <StateBadge state={state} isPlain />,
  },
  {
    key: "since",
    header: "Since",
    width: "7.75rem",
    cell: ({ since }) => (
      <span className={classes.quiet}>
        <RelativeTime at={since} />
      </span>
    ),
  },
  {
    key: "tools",
    header: "Tools",
    width: "4.5rem",
    align: "right",
    cell: ({ tools }) => (
      <>
        {toolsThere(tools)}
        <span className={classes.unit}> tools</span>
      </>
    ),
  },
  {
    key: "remark",
    header: "What to know",
    cell: (connection) => {
      const text = remark(connection);
      return text === undefined ? null : (
        <span className={classes.remark} title={text}>
          {text}
        </span>
      );
    },
  },
  {
    key: "checked",
    header: "Last check",
    width: "7.75rem",
    isSecondary: true,
    cell: ({ checked_at: at }) => <span className={classes.quiet}>{at === null ? "not yet" : <RelativeTime at={at} />}</span>,
  },
];
