import { IconListSearch } from "@tabler/icons-react";

import { KEYSET, queries } from "@/api/client";
import type { AuditLine, ConnectionView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import classes from "./CallsTab.module.css";

/** The calls of this connection's tools, newest first, from the audit. */
export function CallsTab({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const isOwnOnly = useWhyNot("audit:read") !== undefined;
  const query = { connection: connection.name, kind: "call" };
  const calls = queries.useInfiniteQuery(
    "get",
    "/api/workspaces/{workspace}/audit",
    { params: { path: { workspace: slug }, query } },
    KEYSET,
  );
  return (
    <>
      <div className={classes.head}>
        <span>
          {isOwnOnly ? "Your own calls. Your role does not include those of others." : "Everybody’s calls in this workspace."}
        </span>
        <LinkButton
          size="xs"
          variant="default"
          to={paths.audit({ workspace: slug })}
          leftSection={<IconListSearch size={14} stroke={1.75} aria-hidden />}
        >
          Open in audit
        </LinkButton>
      </div>
      <DataTable
        name={`Calls of ${connection.title}`}
        columns={COLUMNS}
        rows={calls.data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        rowHref={({ id }) => paths.auditEntry({ workspace: slug, entry: id })}
        error={calls.error}
        onRetry={() => void calls.refetch()}
        more={{
          hasMore: calls.hasNextPage,
          isLoading: calls.isFetchingNextPage,
          load: () => void calls.fetchNextPage(),
        }}
        empty={
          <EmptyState icon={IconListSearch} title="No calls yet">
            When ChatGPT uses a tool of this connection, the call appears here: who asked, for what, and how it ended.
          </EmptyState>
        }
      />
    </>
  );
}

const COLUMNS: readonly Column<AuditLine>[] = [
  { key: "at", header: "When", width: "9rem", cell: ({ at }) => <RelativeTime at={at} /> },
  { key: "tool", header: "Tool", cell: ({ tool }) => <code title={tool}>{tool}</code> },
  {
    key: "person",
    header: "Person",
    width: "12rem",
    cell: ({ person, client }) => (client === null ? person : `${person}, ${client}`),
  },
  {
    key: "outcome",
    header: "Outcome",
    width: "11rem",
    cell: ({ outcome }) => <StateBadge state={outcome ?? "running"} isPlain />,
  },
  {
    key: "duration",
    header: "Took",
    width: "6rem",
    align: "right",
    cell: ({ duration_ms: took }) => (took === null ? "" : durationText(took)),
  },
];

/** `84 ms`, `1.2 s`, `45 s`. */
function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${String(Math.max(1, Math.round(milliseconds)))} ms`;
  const seconds = milliseconds / 1_000;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${String(Math.round(seconds))} s`;
}
