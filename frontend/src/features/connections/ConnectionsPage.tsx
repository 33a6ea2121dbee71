import { Button, TextInput } from "@mantine/core";
import { IconPlugConnected, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import type { ConnectionView } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { FilterChips } from "@/components/ui/FilterChips";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { matches, needsAttention, summary } from "./attention";
import { connectionsQuery } from "./connectionQueries";
import classes from "./ConnectionsPage.module.css";
import { ConnectionsTable } from "./ConnectionsTable";

const route = getRouteApi("/w/$workspace/connections");

export function ConnectionsPage() {
  const { slug } = useWorkspace();
  const { data, error, refetch } = useQuery(connectionsQuery(slug));
  const all = data?.items;
  return (
    <>
      <PageHeader
        title="Connections"
        description={all && all.length > 0 ? <Summary all={all} /> : "The services that ChatGPT can use in this workspace."}
        actions={<AddConnection workspace={slug} />}
      />
      {all === undefined || all.length > 0 ? (
        <Connections workspace={slug} all={all} error={error} onRetry={() => void refetch()} />
      ) : (
        <FirstConnection workspace={slug} />
      )}
    </>
  );
}

/** How many there are; those that need somebody are a press away, however long the list is. */
function Summary({ all }: { all: readonly ConnectionView[] }) {
  if (!all.some(needsAttention)) return summary(all);
  return (
    <Link to="." search={{ state: "attention" }} className={classes.summary}>
      {summary(all)}
    </Link>
  );
}

interface ConnectionsProps {
  workspace: string;
  all: readonly ConnectionView[] | undefined;
  error: unknown;
  onRetry: () => void;
}

function Connections({ workspace, all, error, onRetry }: ConnectionsProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: Partial<typeof search>) => void navigate({ search: { ...search, ...changed }, replace: true });
  return (
    <>
      <div className={classes.filters}>
        <TextInput
          className={classes.find}
          type="search"
          size="xs"
          aria-label="Find a connection"
          placeholder="Find by name, title or address"
          leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
          value={search.find ?? ""}
          onChange={(event) => {
            change({ find: event.currentTarget.value || undefined });
          }}
        />
        <FilterChips filters={FILTERS} values={search} onChange={change} />
      </div>
      <ConnectionsTable
        workspace={workspace}
        rows={all?.filter((connection) => matches(connection, search))}
        error={error}
        onRetry={onRetry}
        empty={
          <EmptyState
            icon={IconSearch}
            title="No connection matches"
            action={
              <Button variant="default" onClick={() => void navigate({ search: {} })}>
                Show all
              </Button>
            }
          >
            There are {all?.length} connections in this workspace, but none with these filters.
          </EmptyState>
        }
      />
    </>
  );
}

const FILTERS = [
  {
    key: "state",
    label: "State",
    choices: [
      { value: "ACTIVE", label: "Active" },
      { value: "PENDING", label: "Pending" },
      { value: "ERROR", label: "Error" },
      { value: "DISABLED", label: "Disabled" },
      { value: "attention", label: "Needs attention" },
    ],
  },
  {
    key: "tools",
    label: "Tools",
    choices: [
      { value: "quarantined", label: "Some wait for review" },
      { value: "rejected", label: "Some are rejected" },
    ],
  },
] as const;

function FirstConnection({ workspace }: { workspace: string }) {
  return (
    <EmptyState icon={IconPlugConnected} title="Connect your first service" action={<AddConnection workspace={workspace} />}>
      A connection is one service, with its address and key. Its tools reach ChatGPT with the connection’s name in front, such as{" "}
      <code>linear-prod_search_issues</code>, and every call passes your rules and is written to the audit.
    </EmptyState>
  );
}

function AddConnection({ workspace }: { workspace: string }) {
  const whyNot = useWhyNot("connections:write");
  const icon = <IconPlus size={15} stroke={2} aria-hidden />;
  if (whyNot !== undefined) {
    return (
      <GuardedButton whyNot={whyNot} leftSection={icon}>
        Add connection
      </GuardedButton>
    );
  }
  return (
    <Button component={Link} to={paths.newConnection({ workspace })} leftSection={icon}>
      Add connection
    </Button>
  );
}
