import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Part } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { paths } from "@/paths";

import { ownAccountsQuery } from "./ownAccounts";

/** Services that somebody who is connecting an app has yet to sign in to; in pages of their own, because this one has to stay. */
export function AccountsToSignIn({ workspace, part }: { workspace: string; part: Part | null }) {
  const { data } = useQuery(ownAccountsQuery(workspace, part));
  const missing = data?.items.filter(({ state }) => state !== "signed_in") ?? [];
  if (missing.length === 0) return null;
  return (
    <Callout tone="quiet" title="Used with your own account">
      <p>
        Sign in to what you want to use, now or later:{" "}
        {missing.map(({ connection, title }, index) => (
          <span key={connection}>
            {index > 0 && ", "}
            <Anchor inherit underline="always" href={paths.ownAccount({ workspace, connection })} target="_blank" rel="noopener">
              {title}
            </Anchor>
          </span>
        ))}
        .
      </p>
    </Callout>
  );
}
