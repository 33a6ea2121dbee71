import type { AuditDetail } from "@/api/generated/schema";

/** `3, after 2 that failed (disconnected, unreachable)`; `undefined` when there was only one. */
export function attemptsOf(decision: AuditDetail["decision"]): string | undefined {
  const earlier = (decision as { earlier_attempts?: unknown } | null)?.earlier_attempts;
  if (!Array.isArray(earlier) || earlier.length === 0) return undefined;
  const faults = earlier.filter((fault): fault is string => typeof fault === "string").map((fault) => fault.replaceAll("_", " "));
  return `${String(earlier.length + 1)}, after ${String(earlier.length)} that failed (${faults.join(", ")})`;
}
