import type { AuditDetail } from "@/api/generated/schema";

/** By which toolset's address a call came, and which executor ran the tool. The column is free-form, so nothing is taken for granted. */
export function wayOf(decision: AuditDetail["decision"]): { toolset?: string; executor?: string } {
  const { toolset, executor } = (decision ?? {}) as { toolset?: unknown; executor?: unknown };
  return { ...(typeof toolset === "string" && { toolset }), ...(typeof executor === "string" && { executor }) };
}
