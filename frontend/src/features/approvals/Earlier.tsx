import type { EarlierDecision } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import classes from "./ApprovalPage.module.css";
import { badgeOf, listOf } from "./words";

/** How requests for the same tool were decided before. */
export function Earlier({ workspace, earlier }: { workspace: string; earlier: readonly EarlierDecision[] }) {
  return (
    <section aria-labelledby="earlier">
      <h2 id="earlier" className={classes.heading}>
        Earlier decisions about this tool
      </h2>
      <DataTable
        name="Earlier decisions about this tool"
        columns={COLUMNS}
        rows={earlier}
        rowKey={({ id }) => id}
        rowHref={({ id }) => paths.approval({ workspace, approval: id })}
        empty={<p className={classes.quiet}>None. This is the first time that somebody is asked about it.</p>}
      />
    </section>
  );
}

const COLUMNS: readonly Column<EarlierDecision>[] = [
  { key: "state", header: "State", width: "9.5rem", cell: ({ state }) => <StateBadge state={badgeOf(state)} isPlain /> },
  {
    key: "who",
    header: "Asked by",
    width: "22%",
    isSecondary: true,
    cell: ({ requester }) => <span title={requester}>{requester}</span>,
  },
  {
    key: "by",
    header: "Decided by",
    isLong: true,
    cell: ({ decided_by: people, comment, same_arguments: isSame }) => (
      <span className={classes.quiet} title={comment ?? undefined}>
        {people.length === 0 ? "somebody who has left" : listOf(people)}
        {comment !== null && `: ${comment}`}
        {isSame && " (the same arguments)"}
      </span>
    ),
  },
  {
    key: "at",
    header: "When",
    width: "8rem",
    align: "right",
    cell: ({ decided_at: at }) => (
      <span className={classes.quiet}>
        <RelativeTime at={at} />
      </span>
    ),
  },
];
