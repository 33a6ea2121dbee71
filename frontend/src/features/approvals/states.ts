import type { State } from "@/api/generated/schema";
import type { Filter } from "@/components/ui/FilterChips";

const LABELS: Record<State, string> = {
  pending: "Waits for approval",
  approved: "Approved",
  executing: "Being carried out",
  executed: "Carried out",
  denied: "Denied",
  expired: "Expired",
  cancelled: "Cancelled",
  void: "Not carried out",
  outcome_unknown: "Outcome unknown",
};

export const STATES: readonly Filter<"state">[] = [
  { key: "state", label: "State", choices: Object.entries(LABELS).map(([value, label]) => ({ value, label })) },
];

/** Words of an address that mean nothing are no filter. */
export function isState(word: string | undefined): word is State {
  return word !== undefined && Object.hasOwn(LABELS, word);
}
