import { type ApiProblem, failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";

import { useWorkspace } from "../workspaces/useWorkspace";

export interface SignInJourney {
  begin: () => void;
  isPending: boolean;
  problem: ApiProblem | undefined;
}

/** Leaves for the service's own page, which sends the browser back to the connection's. */
export function useSignIn(name: string): SignInJourney {
  const { slug } = useWorkspace();
  const start = queries.useMutation("post", "/api/workspaces/{workspace}/connections/{name}/sign-in", {
    onSuccess: ({ authorize_url: address }) => {
      window.location.assign(address);
    },
  });
  return {
    begin: () => {
      start.mutate({ params: { path: { workspace: slug, name } } });
    },
    isPending: start.isPending || start.isSuccess,
    problem: failureOf(start),
  };
}
