import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { SessionView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { FormError } from "@/components/ui/FormError";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { sessionsQuery } from "./accountQueries";
import { browserName } from "./browserName";
import classes from "./ProfilePage.module.css";
import { useSignOut } from "./session";

/** One's own browsers; each can be signed out from here. */
export function SessionsTable() {
  const queryClient = useQueryClient();
  const signOut = useSignOut();
  const { data, error, refetch } = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: async ({ id, is_this: isThis }: SessionView) => {
      if (isThis) return signOut();
      await api.DELETE("/api/account/sessions/{session_id}", { params: { path: { session_id: id } } });
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  return (
    <div data-fill>
      <FormError problem={end.error ? asProblem(end.error) : undefined} />
      <DataTable
        name="Sessions"
        columns={[
          ...COLUMNS,
          endColumn((session) => {
            end.mutate(session);
          }),
        ]}
        rows={data}
        rowKey={({ id }) => id}
        error={error}
        onRetry={() => void refetch()}
        empty={null}
      />
    </div>
  );
}

const COLUMNS: readonly Column<SessionView>[] = [
  {
    key: "browser",
    header: "Browser",
    cell: ({ user_agent: agent, is_this: isThis }) => (
      <span title={agent}>
        {browserName(agent)}
        {isThis && <span className={classes.this}> · this one</span>}
      </span>
    ),
  },
  { key: "network", header: "Network", width: "10rem", cell: ({ network }) => <span className={classes.cell}>{network}</span> },
  {
    key: "created",
    header: "Signed in",
    width: "8.5rem",
    isSecondary: true,
    cell: ({ created_at: at }) => (
      <span className={classes.cell}>
        <RelativeTime at={at} />
      </span>
    ),
  },
  {
    key: "seen",
    header: "Last seen",
    width: "8.5rem",
    cell: ({ last_seen_at: at }) => (
      <span className={classes.cell}>
        <span className={classes.unit}>seen </span>
        <RelativeTime at={at} />
      </span>
    ),
  },
];

function endColumn(onEnd: (session: SessionView) => void): Column<SessionView> {
  return {
    key: "end",
    header: "",
    width: "6.5rem",
    align: "right",
    cell: (session) => (
      <Button
        variant="default"
        size="compact-xs"
        aria-label={session.is_this ? "Sign out here" : `Sign out ${browserName(session.user_agent)}`}
        onClick={() => {
          onEnd(session);
        }}
      >
        Sign out
      </Button>
    ),
  };
}
