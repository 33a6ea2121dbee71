import type { ReactNode } from "react";

import type { ApprovalLine } from "@/api/generated/schema";
import { type Column, DataTable, type DataTableProps } from "@/components/ui/DataTable";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import classes from "./ApprovalsTable.module.css";
import { addresseesOf, badgeOf, titleOf, votesOf } from "./words";

export interface ApprovalsTableProps extends Pick<DataTableProps<ApprovalLine>, "error" | "onRetry" | "more" | "selection"> {
  name: string;
  workspace: string;
  rows: readonly ApprovalLine[] | undefined;
  empty: ReactNode;
  /** Where all of them are one's own, who asked is known. */
  isMine?: boolean;
}

/** Requests, one a line; each leads to its own page. Where all wait alike, that they do is not worth a column, but until when. */
export function ApprovalsTable({ workspace, isMine = false, ...table }: ApprovalsTableProps) {
  const isUniform = table.rows?.every(({ state, questions }) => state === "pending" && votesOf(questions) === undefined) ?? false;
  const left = [isMine ? "person" : "asks", ...(isUniform ? ["state"] : ["expires"])];
  return (
    <DataTable
      {...table}
      columns={COLUMNS.filter(({ key }) => !left.includes(key))}
      rowKey={({ id }) => id}
      rowHref={({ id }) => paths.approval({ workspace, approval: id })}
    />
  );
}

const COLUMNS: readonly Column<ApprovalLine>[] = [
  { key: "what", header: "What", cell: (line) => <What line={line} /> },
  { key: "person", header: "Who", width: "9rem", cell: ({ requester }) => <span title={requester}>{requester}</span> },
  {
    key: "policy",
    header: "Policy",
    width: "20%",
    isSecondary: true,
    cell: ({ questions }) => <Quiet text={questions.map(({ policy }) => policy).join(", ")} />,
  },
  {
    key: "asks",
    header: "Asked of",
    width: "18%",
    isSecondary: true,
    cell: (line) => <Quiet text={addresseesOf(line.questions)} />,
  },
  { key: "state", header: "State", width: "11rem", cell: (line) => <State line={line} /> },
  {
    key: "asked",
    header: "Asked",
    width: "8.25rem",
    align: "right",
    cell: ({ created_at: at }) => (
      <span className={classes.quiet}>
        <RelativeTime at={at} />
      </span>
    ),
  },
  {
    key: "expires",
    header: "Expires",
    width: "7.5rem",
    align: "right",
    isSecondary: true,
    cell: ({ state, expires_at: at }) =>
      state === "pending" && (
        <span className={classes.quiet}>
          <RelativeTime at={at} />
        </span>
      ),
  },
];

function What({ line }: { line: ApprovalLine }) {
  return (
    <span className={classes.what} title={line.full_name}>
      <PlainText text={titleOf(line)} />
    </span>
  );
}

function State({ line: { state, questions } }: { line: ApprovalLine }) {
  const votes = state === "pending" ? votesOf(questions) : undefined;
  return (
    <span className={classes.state}>
      <StateBadge state={badgeOf(state)} isPlain />
      {votes !== undefined && <span className={classes.quiet}>{votes}</span>}
    </span>
  );
}

function Quiet({ text }: { text: string }) {
  return (
    <span className={classes.quiet} title={text}>
      {text}
    </span>
  );
}
