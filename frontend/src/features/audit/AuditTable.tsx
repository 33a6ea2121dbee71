import type { ReactNode } from "react";

import type { AuditLine } from "@/api/generated/schema";
import { type Column, DataTable, type DataTableProps } from "@/components/ui/DataTable";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import classes from "./AuditTable.module.css";
import { appOf, titleOf } from "./deeds";
import { durationOf } from "./measures";
import { stateOf } from "./outcomes";

export interface AuditTableProps extends Pick<DataTableProps<AuditLine>, "error" | "onRetry" | "more"> {
  name: string;
  workspace: string;
  rows: readonly AuditLine[] | undefined;
  empty: ReactNode;
  /** Where every line has the same outcome, only its reason is worth a column. */
  isOneOutcome?: boolean;
}

/** Lines of the audit, newest first; each leads to its own page. */
export function AuditTable({ workspace, isOneOutcome = false, ...table }: AuditTableProps) {
  return (
    <DataTable
      {...table}
      columns={COLUMNS.filter(({ key }) => !(isOneOutcome ? WITH_REASON : WITH_OUTCOME).includes(key))}
      rowKey={({ id }) => id}
      rowHref={({ id }) => paths.auditEntry({ workspace, entry: id })}
    />
  );
}

/** What each shape of the list leaves out. */
const WITH_OUTCOME = ["reason"];
const WITH_REASON = ["outcome", "duration"];

const COLUMNS: readonly Column<AuditLine>[] = [
  { key: "what", header: "What", width: "28%", cell: (line) => <What line={line} /> },
  {
    key: "outcome",
    header: "Outcome",
    cell: (line) => (
      <span className={classes.outcome}>
        <StateBadge state={stateOf(line)} isPlain />
        <Reason text={line.reason} />
      </span>
    ),
  },
  { key: "reason", header: "Reason", isLong: true, cell: ({ reason }) => <Reason text={reason} /> },
  { key: "person", header: "Person", width: "8.25rem", cell: ({ person }) => <span title={person}>{person}</span> },
  {
    key: "app",
    header: "Through",
    width: "7.5rem",
    isSecondary: true,
    cell: (line) => (
      <span className={classes.quiet} title={appOf(line)}>
        {appOf(line)}
      </span>
    ),
  },
  {
    key: "duration",
    header: "Duration",
    width: "5.5rem",
    align: "right",
    isSecondary: true,
    cell: ({ duration_ms: ms }) => ms !== null && durationOf(ms),
  },
  {
    key: "at",
    header: "When",
    width: "8.25rem",
    align: "right",
    cell: ({ at }) => (
      <span className={classes.quiet}>
        <RelativeTime at={at} />
      </span>
    ),
  },
];

function What({ line }: { line: AuditLine }) {
  const title = titleOf(line);
  return (
    <span className={line.kind === "operation" ? undefined : classes.tool} title={title}>
      <PlainText text={title} />
    </span>
  );
}

function Reason({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <span className={classes.reason} title={text}>
      <PlainText text={text} />
    </span>
  );
}
