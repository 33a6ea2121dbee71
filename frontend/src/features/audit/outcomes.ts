import type { AuditLine, Outcome } from "@/api/generated/schema";

/** What each outcome means, in a sentence, and whether the service was touched: that is what somebody reads the audit for. */
export const MEANINGS: Record<Outcome | "running", string> = {
  ok: "The service answered.",
  tool_error: "The service answered that the tool failed.",
  denied: "Refused by a rule, for want of a permission, or because there is no such tool. The service was not called.",
  pending_approval: "Somebody has to approve it first. The service has not been called.",
  upstream_error: "No usable answer from the service: it was unreachable, too slow, broken, or wants a new sign-in.",
  cancelled: "The app withdrew the call. The service may have begun to act on it.",
  failed: "Conducktor could not carry it out. Nothing was called unless the reason says so.",
  unknown: "A process ended in the middle. The service may have acted.",
  running: "It has been written down and is under way; the outcome follows.",
};

/** An entry without an outcome is still under way. */
export function stateOf({ outcome }: Pick<AuditLine, "outcome">): Outcome | "running" {
  return outcome ?? "running";
}

export function meaningOf(line: Pick<AuditLine, "outcome" | "kind" | "method">): string {
  if (line.kind === "operation" && line.outcome === "ok") return "The change was made.";
  const isAnswered = line.outcome === "ok" || line.outcome === "tool_error";
  if (line.method === "tasks/get" && isAnswered) return "The app got the answer of the approved call. Nothing was called again.";
  return MEANINGS[stateOf(line)];
}
