import { useQueryClient } from "@tanstack/react-query";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { PolicyList, PolicyView } from "@/api/generated/schema";

import { moved, ofScope, type Step } from "./order";
import { policiesQuery, refreshPolicies } from "./policyQueries";

/** Moves a policy at once and tells the server; when it refuses, the list goes back, and what comes back says why. */
export function useReorder(workspace: string): (policy: PolicyView, step: Step) => Promise<ApiProblem | undefined> {
  const queryClient = useQueryClient();
  const { queryKey } = policiesQuery(workspace);
  return async ({ id, applies_to: scope }, step) => {
    const before = queryClient.getQueryData<PolicyList>(queryKey);
    const policies = before && moved(before.policies, id, step);
    if (!policies) return undefined;
    await queryClient.cancelQueries({ queryKey });
    queryClient.setQueryData(queryKey, { policies });
    try {
      const { data } = await api.PUT("/api/workspaces/{workspace}/policies/order", {
        params: { path: { workspace } },
        body: { policy_ids: ofScope(policies, scope).map((one) => one.id), applies_to: scope },
      });
      if (data) queryClient.setQueryData(queryKey, data);
      return undefined;
    } catch (error) {
      queryClient.setQueryData(queryKey, before);
      void refreshPolicies(queryClient, workspace);
      return asProblem(error);
    }
  };
}
