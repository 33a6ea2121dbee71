import { useQueryClient } from "@tanstack/react-query";

import { type ApiProblem, failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";

import { useWorkspace } from "../workspaces/useWorkspace";

export interface OwnAccountActions {
  signIn: () => void;
  signOut: () => void;
  isPending: boolean;
  problem: ApiProblem | undefined;
}

/** Signing in leaves for the service's own page, which sends the browser back to the page of the account. */
export function useOwnAccount(name: string, link?: string): OwnAccountActions {
  const { slug } = useWorkspace();
  const refresh = useRefreshOwnAccounts();
  const params = { path: { workspace: slug, name } };
  const start = queries.useMutation("post", "/api/workspaces/{workspace}/connections/{name}/own-account/sign-in", {
    onSuccess: ({ authorize_url: address }) => {
      window.location.assign(address);
    },
  });
  const end = queries.useMutation("delete", "/api/workspaces/{workspace}/connections/{name}/own-account", { onSuccess: refresh });
  return {
    signIn: () => {
      start.mutate({ params, body: link === undefined ? {} : { link } });
    },
    signOut: () => {
      end.mutate({ params });
    },
    isPending: start.isPending || start.isSuccess || end.isPending,
    problem: failureOf(start) ?? failureOf(end),
  };
}

/** After a change of one's own account: everything that shows it is asked for again. */
export function useRefreshOwnAccounts(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () =>
    queryClient.invalidateQueries({
      predicate: ({ queryKey: [, path] }) => typeof path === "string" && /\/own-accounts?$/.test(path),
    });
}
