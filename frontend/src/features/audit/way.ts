import type { AuditDetail } from "@/api/generated/schema";

/** By which toolset’s address a call came, which executor ran the tool, and whether it took the person’s own account at the service. The column is free-form, so nothing is taken for granted. */
export function wayOf(decision: AuditDetail["decision"]): { toolset?: string; executor?: string; isOwnAccount: boolean } {
  const { toolset, executor, account } = (decision ?? {}) as { toolset?: unknown; executor?: unknown; account?: unknown };
  return {
    isOwnAccount: account === "own",
    ...(typeof toolset === "string" && { toolset }), ...(typeof executor === "string" && { executor }),
  };
}
