import type { AuditDetail } from "@/api/generated/schema";

interface Way {
  toolset?: string;
  executor?: string;
  isOwnAccount: boolean;
  continues?: string;
}

/**
 * By which toolset’s address a call came, which executor ran the tool, whether it took the person’s own account at the service, and
 * the entry with which it began if this is a later round of it. The column is free-form, so nothing is taken for granted.
 */
export function wayOf(decision: AuditDetail["decision"]): Way {
  const { toolset, executor, account, continues } = decision ?? {};
  return {
    isOwnAccount: account === "own",
    ...(typeof toolset === "string" && { toolset }),
    ...(typeof executor === "string" && { executor }),
    ...(typeof continues === "string" && { continues }),
  };
}
