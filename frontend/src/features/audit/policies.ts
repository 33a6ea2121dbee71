import type { AuditDetail, Mode } from "@/api/generated/schema";

export interface MatchedPolicy {
  id: string | undefined;
  name: string;
  version: number;
  /** `passed`, `asked` or `denied`. */
  verdict: string | undefined;
  mode: Mode;
  reason: string | undefined;
}

/** The policies that had something to say, as the gateway noted them. The column is free-form, so nothing is taken for granted. */
export function policiesOf(decision: AuditDetail["decision"]): MatchedPolicy[] {
  const noted = decision?.policies;
  return Array.isArray(noted) ? noted.filter(isMatch).map(matchOf) : [];
}

const SAID: Record<string, string> = { passed: "let it pass", asked: "wanted approval", denied: "refused it" };

/** `let it pass`, `would have refused it`: a policy in monitor mode is heard and not followed. */
export function saidBy({ verdict, mode }: MatchedPolicy): string | undefined {
  const said = SAID[verdict ?? ""];
  if (said === undefined || mode !== "monitor" || verdict === "passed") return said;
  return verdict === "asked" ? "would have wanted approval" : "would have refused it";
}

interface Noted {
  name: string;
  version: number;
  [more: string]: unknown;
}

function matchOf({ id, name, version, verdict, mode, reason }: Noted): MatchedPolicy {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    id: text(id),
    name,
    version,
    verdict: text(verdict),
    mode: mode === "monitor" ? "monitor" : "enforce",
    reason: text(reason),
  };
}

function isMatch(value: unknown): value is Noted {
  return typeof value === "object" && value !== null && "name" in value && "version" in value;
}
