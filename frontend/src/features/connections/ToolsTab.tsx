import { Button, TextInput } from "@mantine/core";
import { IconHourglass, IconSearch, IconTool } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import type { ConnectionView, ToolView } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { FilterChips } from "@/components/ui/FilterChips";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { toolsQuery } from "./connectionQueries";
import classes from "./ConnectionsPage.module.css";
import { ToolDecisions } from "./ToolDecisions";
import { ToolsTable } from "./ToolsTable";

/** Fetched once the table stands there, so that it is at hand when a tool is opened. */
const ToolDrawer = lazy(() => import("./ToolDrawer"));

const route = getRouteApi("/w/$workspace/connections/$connection");

/** The tools of a connection; the open one is in the address. Those that are gone are shown when asked for. */
export function ToolsTab({ connection }: { connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(toolsQuery(slug, connection.name));
  const change = (changed: Partial<typeof search>, replace = true) =>
    void navigate({ search: { ...search, ...changed }, replace, resetScroll: false });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const whyNot = useWhyNot("connections:write");
  const shown = data?.items.filter((tool) => isShown(tool, search));
  const ticked = shown?.filter(({ id }) => chosen.has(id)) ?? [];
  return (
    <>
      {data !== undefined && data.items.length > 0 && (
        <div className={classes.filters}>
          {data.items.length >= SEARCHED_FROM && (
            <TextInput
              className={classes.find}
              type="search"
              size="xs"
              aria-label="Search tools"
              placeholder="Search by name or description"
              leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
              autoComplete="off"
              value={search.find ?? ""}
              onChange={(event) => {
                change({ find: event.currentTarget.value || undefined });
              }}
            />
          )}
          <FilterChips filters={FILTERS} values={search} onChange={change} />
        </div>
      )}
      {ticked.length > 0 && (
        <ToolDecisions
          connection={connection}
          tools={ticked}
          onDone={() => {
            setChosen(NONE);
          }}
        />
      )}
      <ToolsTable
        connection={connection}
        rows={shown}
        selection={
          whyNot === undefined ? { chosen, onChange: setChosen, labelOf: ({ name }) => name, whyNot: () => undefined } : undefined
        }
        error={error}
        onRetry={() => void refetch()}
        empty={
          data?.items.length === 0 ? (
            <NoTools connection={connection} />
          ) : (
            <EmptyState
              icon={IconSearch}
              title="No tool matches"
              action={
                <Button variant="default" onClick={() => void navigate({ search: {}, resetScroll: false })}>
                  Show all
                </Button>
              }
            >
              None of this connection’s tools fits the search and the filters.
            </EmptyState>
          )
        }
      />
      <Suspense fallback={null}>
        <ToolDrawer
          tool={data?.items.find(({ full_name: name }) => name === search.tool)}
          connection={connection}
          onClose={() => {
            change({ tool: undefined });
          }}
        />
      </Suspense>
    </>
  );
}

const NONE: ReadonlySet<string> = new Set();
const SEARCHED_FROM = 10;

interface Search {
  find?: string | undefined;
  state?: string | undefined;
  class?: string | undefined;
}

function isShown({ name, title, description, state, operation_class: kind, is_enabled: isOn }: ToolView, search: Search) {
  const text = `${name} ${title ?? ""} ${description ?? ""}`.toLowerCase();
  const words = (search.find ?? "").toLowerCase().split(/\s+/);
  return (
    words.every((word) => text.includes(word)) &&
    isInState(state, isOn, search.state) &&
    (search.class === undefined || kind === search.class)
  );
}

function isInState(state: ToolView["state"], isOn: boolean, wanted: string | undefined) {
  if (wanted === "off") return !isOn;
  return wanted === undefined ? state !== "gone" : state === wanted;
}

const FILTERS = [
  {
    key: "state",
    label: "State",
    choices: [
      { value: "active", label: "Active" },
      { value: "quarantined", label: "Quarantined" },
      { value: "rejected", label: "Rejected" },
      { value: "gone", label: "Gone" },
      { value: "off", label: "Turned off" },
    ],
  },
  {
    key: "class",
    label: "Class",
    choices: [
      { value: "read", label: "Read" },
      { value: "write", label: "Write" },
      { value: "destructive", label: "Destructive" },
    ],
  },
] as const;

function NoTools({ connection }: { connection: ConnectionView }) {
  if (connection.state === "PENDING") {
    return (
      <EmptyState icon={IconHourglass} title="Its tools are on their way">
        They appear here as soon as the server has answered.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconTool} title="No tools">
      {connection.state === "ACTIVE"
        ? "The server works, but offers no tools. It may offer resources or prompts: see About."
        : `The server has not said yet which tools it has. They appear here once the connection ${connection.state === "DISABLED" ? "is enabled" : "works"}.`}
    </EmptyState>
  );
}
