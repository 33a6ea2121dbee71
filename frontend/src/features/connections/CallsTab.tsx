import { IconListSearch } from "@tabler/icons-react";

import type { ConnectionView } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

import { useAuditLines } from "../audit/auditQueries";
import { AuditTable } from "../audit/AuditTable";
import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import classes from "./CallsTab.module.css";

/** The calls of this connection's tools, newest first, from the audit. */
export default function CallsTab({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const isOwnOnly = useWhyNot("audit:read") !== undefined;
  const query = { connection: connection.name, kind: "call" };
  const calls = useAuditLines(slug, query);
  return (
    <>
      <div className={classes.head}>
        <span>
          {isOwnOnly
            ? "Your own calls. Your role does not include reading those of others."
            : "Everybody’s calls in this workspace."}
        </span>
        <LinkButton
          size="xs"
          variant="default"
          to={paths.audit({ workspace: slug })}
          search={query}
          leftSection={<IconListSearch size={14} stroke={1.75} aria-hidden />}
        >
          Open in audit
        </LinkButton>
      </div>
      <AuditTable
        name={`Calls of ${connection.title}`}
        workspace={slug}
        rows={calls.lines}
        error={calls.error}
        onRetry={calls.retry}
        more={calls.more}
        empty={
          <EmptyState icon={IconListSearch} title="No calls yet">
            When ChatGPT uses a tool of this connection, the call appears here: who asked, for what, and how it ended.
          </EmptyState>
        }
      />
    </>
  );
}
