import type { AppliesTo, PolicyView } from "@/api/generated/schema";

export type Step = "up" | "down";

/** Those of one scope, in the order in which they judge. */
export function ofScope(policies: readonly PolicyView[], scope: AppliesTo): PolicyView[] {
  return policies.filter(({ applies_to: appliesTo }) => appliesTo === scope);
}

/** All policies with one of them a place earlier or later among those of its scope; `undefined` where it is the first or last. */
export function moved(policies: readonly PolicyView[], id: string, step: Step): PolicyView[] | undefined {
  const policy = policies.find((one) => one.id === id);
  if (!policy) return undefined;
  const peers = ofScope(policies, policy.applies_to);
  const from = peers.indexOf(policy);
  const other = peers[step === "up" ? from - 1 : from + 1];
  if (!other) return undefined;
  return policies.map((one) => (one === policy ? other : one === other ? policy : one));
}
