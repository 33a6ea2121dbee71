import type { BudgetView } from "@/api/generated/schema";

/** Which calls a budget counts; an empty list means all. */
export interface Scope {
  connections: readonly string[];
  tools: readonly string[];
  roles: readonly string[];
  people: readonly string[];
}

export const EVERYTHING: Scope = { connections: [], tools: [], roles: [], people: [] };

/** The generated types know only that they are lists. */
export function scopeOf({ covers }: Pick<BudgetView, "covers">): Scope {
  return covers as Scope;
}
