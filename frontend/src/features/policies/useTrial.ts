import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { PolicyDraft, TryPolicy, TrialView } from "@/api/generated/schema";

export interface Trial {
  /** What came of the last one. */
  view: TrialView | undefined;
  /** Whether what was tried is what stands there now. */
  isCurrent: boolean;
  problem: ApiProblem | undefined;
  isPending: boolean;
  run: () => Promise<void>;
}

export interface Tried {
  /** None: the policy is tried as removed. */
  draft: PolicyDraft | undefined;
  /** The policy that the draft replaces; none: it is a new one. */
  policy: string | undefined;
  days: number;
}

/** Replays past calls under a draft. What was found stays to be read while the draft changes, and says that it is of before. */
export function useTrial(workspace: string, tried: Tried): Trial {
  const body = bodyOf(tried);
  const now = JSON.stringify(body);
  const [found, setFound] = useState<{ of: string; view?: TrialView; problem?: ApiProblem }>();
  const [isPending, setPending] = useState(false);

  async function run() {
    if (isPending) return;
    setPending(true);
    try {
      const { data } = await api.POST("/api/workspaces/{workspace}/policies/try", { params: { path: { workspace } }, body });
      setFound({ of: now, ...(data && { view: data }) });
    } catch (error) {
      setFound({ of: now, problem: asProblem(error) });
    } finally {
      setPending(false);
    }
  }
  return { view: found?.view, problem: found?.problem, isCurrent: found?.of === now, isPending, run };
}

function bodyOf({ draft, policy, days }: Tried): TryPolicy {
  return {
    days,
    // Whoever tries has perhaps not thought of a name yet.
    ...(draft && { draft: { ...draft, name: draft.name || "Draft", mode: "enforce", is_enabled: true } }),
    ...(policy !== undefined && { policy_id: policy }),
  };
}
