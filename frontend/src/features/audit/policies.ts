import type { AuditDetail } from "@/api/generated/schema";

export interface MatchedPolicy {
  name: string;
  version: number;
}

/** The policies that had something to say, as the gateway noted them. The column is free-form, so nothing is taken for granted. */
export function policiesOf(decision: AuditDetail["decision"]): MatchedPolicy[] {
  const noted = decision?.policies;
  return Array.isArray(noted) ? noted.filter(isMatch) : [];
}

function isMatch(value: unknown): value is MatchedPolicy {
  return typeof value === "object" && value !== null && "name" in value && "version" in value;
}
