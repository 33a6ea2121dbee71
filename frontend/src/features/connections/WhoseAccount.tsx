import { Radio } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

import { failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";
import type { AccountHolder, ConnectionView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { FormError } from "@/components/ui/FormError";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import { accountHoldersQuery, toolsFor, WHOSE, type Whose, whoseOf } from "./ownAccounts";
import classes from "./SettingsTab.module.css";

/** With whose account calls go out; and, for those who manage the connection, who has signed in. */
export function WhoseAccount({ connection, whyNot }: { connection: ConnectionView; whyNot: string | undefined }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const update = queries.useMutation("patch", "/api/workspaces/{workspace}/connections/{name}", {
    onSuccess: () => refreshConnections(queryClient, slug),
  });
  const chosen = update.isPending ? update.variables.body.personal_for : undefined;
  const now = chosen ?? connection.personal_for;
  const heading = useId();
  const words = useId();
  return (
    <section className={classes.section}>
      <div className={classes.wide}>
        <div className={classes.words}>
          <h2 className={classes.heading} id={heading}>
            Whose account is used
          </h2>
          <p id={words}>
            With their own accounts, the service itself knows who did what. Nobody’s account is ever used for somebody else.
          </p>
        </div>
        <Radio.Group
          mt="sm"
          aria-labelledby={heading}
          aria-describedby={words}
          value={whoseOf(now) ?? BY_CLASS}
          onChange={(whose) => {
            if (whose === BY_CLASS) return;
            const params = { path: { workspace: slug, name: connection.name } };
            update.mutate({ params, body: { personal_for: [...WHOSE[whose]] } });
          }}
        >
          <div className={classes.choices}>
            {CHOICES.map(({ value, label, words }) => (
              <Radio
                key={value}
                value={value}
                label={label}
                description={words}
                disabled={whyNot !== undefined || update.isPending}
              />
            ))}
            {whoseOf(now) === undefined && (
              <Radio
                value={BY_CLASS}
                label={`Each person’s own for ${toolsFor(now)}`}
                description="The workspace’s for the others. Chosen class by class, outside this page."
                disabled={whyNot !== undefined || update.isPending}
              />
            )}
          </div>
        </Radio.Group>
        <FormError problem={failureOf(update)} />
      </div>
      {connection.personal_for.length > 0 && whyNot === undefined && <Holders name={connection.name} />}
    </section>
  );
}

/** What these pages do not offer, but the API does. */
const BY_CLASS = "by_class";

const CHOICES: readonly { value: Whose; label: string; words: string }[] = [
  { value: "workspace", label: "The workspace’s", words: "One credential for everybody." },
  {
    value: "changes",
    label: "The workspace’s for reading, each person’s own for changes",
    words: "Whoever uses a tool that writes or deletes signs in to the service first.",
  },
  {
    value: "everybody",
    label: "Each person’s own",
    words:
      "Everybody signs in to the service first. To keep the list of tools up to date, Conducktor uses the workspace’s account, or an admin’s if there is none.",
  },
];

function Holders({ name }: { name: string }) {
  const { slug } = useWorkspace();
  const { data, error, refetch } = useQuery(accountHoldersQuery(slug, name));
  return (
    <div className={classes.wide}>
      <DataTable
        name="People who are signed in"
        columns={COLUMNS}
        rows={data?.items}
        rowKey={({ user_id: id }) => id}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <p className={classes.quiet}>
            Nobody has signed in with their own account yet. Each person is asked when they first use it.
          </p>
        }
      />
    </div>
  );
}

const COLUMNS: readonly Column<AccountHolder>[] = [
  { key: "name", header: "Person", cell: ({ name, email }) => <span title={email}>{name}</span> },
  {
    key: "state",
    header: "State",
    width: "10rem",
    cell: ({ state }) => (state === "ended" ? "Ended by the service" : "In use"),
  },
  { key: "at", header: "Signed in", width: "9rem", cell: ({ signed_in_at: at }) => <RelativeTime at={at} /> },
];
