import { useQueryClient } from "@tanstack/react-query";

import { type ApiProblem, failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";
import type { TestReport } from "@/api/generated/schema";

import { refreshConnections } from "./connectionQueries";

export interface ConnectionTest {
  run: () => void;
  isPending: boolean;
  /** What the last test on this page found. */
  report: TestReport | undefined;
  problem: ApiProblem | undefined;
  forget: () => void;
}

export function useTestConnection(workspace: string, name: string): ConnectionTest {
  const queryClient = useQueryClient();
  const test = queries.useMutation("post", "/api/workspaces/{workspace}/connections/{name}/test", {
    onSuccess: () => refreshConnections(queryClient, workspace),
  });
  return {
    run: () => {
      test.mutate({ params: { path: { workspace, name } } });
    },
    isPending: test.isPending,
    report: test.data,
    problem: failureOf(test),
    forget: test.reset,
  };
}
