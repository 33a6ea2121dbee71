import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ConnectionView, ToolView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import type { RowSelection } from "@/components/ui/RowSelection";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { ClassBadge } from "./ClassBadge";
import classes from "./ToolsTable.module.css";

export interface ToolsTableProps {
  connection: ConnectionView;
  rows: readonly ToolView[] | undefined;
  error: unknown;
  onRetry: () => void;
  empty: ReactNode;
  selection: RowSelection<ToolView> | undefined;
}

export function ToolsTable({ connection, ...table }: ToolsTableProps) {
  const { slug } = useWorkspace();
  const search = getRouteApi("/w/$workspace/connections/$connection").useSearch();
  const to = paths.connection({ workspace: slug, connection: connection.name });
  return (
    <DataTable
      {...table}
      name={`Tools of ${connection.title}`}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      rowHref={({ full_name: tool }) => ({ to, search: { ...search, tool }, resetScroll: false })}
    />
  );
}

const COLUMNS: readonly Column<ToolView>[] = [
  {
    key: "name",
    header: "Tool",
    width: "38%",
    cell: ({ full_name: full, ...tool }) => {
      const title = tool.title_here ?? tool.title;
      return (
        <span className={classes.tool} title={tool.description_here ?? tool.description ?? undefined}>
          <code>{full}</code>
          {title !== null && <span className={classes.title}>{title}</span>}
        </span>
      );
    },
  },
  {
    key: "class",
    header: "Class",
    width: "8rem",
    cell: ({ operation_class: kind, is_classified: isSet }) => <ClassBadge kind={kind} isSet={isSet} />,
  },
  {
    key: "state",
    header: "State",
    width: "8rem",
    cell: ({ state, is_enabled: isOn }) =>
      isOn || state !== "active" ? <StateBadge state={state} isPlain /> : <span className={classes.off}>Turned off</span>,
  },
  {
    key: "reason",
    header: "What to know",
    cell: ({ reason, notes }) => {
      const text = reason ?? notes.join(" ");
      return (
        <span className={classes.reason} title={text}>
          {text}
        </span>
      );
    },
  },
];
