import { type QueryClient, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api, queries } from "@/api/client";
import type { Session } from "@/api/generated/schema";
import { paths } from "@/paths";

/** Who is signed in, in which workspaces, and what this installation offers. Answers signed out too. */
export const sessionQuery = queries.queryOptions("get", "/api/session");

/** Route loaders have fetched it before any page is drawn. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** To be called after anything that changes who is signed in: what was cached belonged to somebody else. */
export async function refreshSession(queryClient: QueryClient): Promise<Session> {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== sessionQuery.queryKey[1] });
  return queryClient.query({ ...sessionQuery, staleTime: 0 });
}

/** Signs out and goes to the sign-in page, to come back to `next` afterwards. */
export function useSignOut(): (next?: string) => Promise<void> {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async (next) => {
    await api.POST("/api/sign-out");
    // In this order: a page that finds nobody signed in would ask to come back to it.
    await navigate({ to: paths.signIn(next) });
    await refreshSession(queryClient);
  };
}
