import type { ApprovalLine, BudgetView } from "@/api/generated/schema";

import { scopeOf } from "./scope";

/** Whether a budget counts this person's call. By role it cannot be told here, so that such a budget counts as covering. */
export function coversCall(
  budget: Pick<BudgetView, "covers" | "is_enabled">,
  call: Pick<ApprovalLine, "connection" | "full_name" | "requester_id">,
): boolean {
  const { connections, tools, people } = scopeOf(budget);
  return (
    budget.is_enabled &&
    (connections.length === 0 || connections.includes(call.connection)) &&
    (people.length === 0 || people.includes(call.requester_id)) &&
    (tools.length === 0 || tools.some((pattern) => matches(pattern, call.full_name)))
  );
}

/** As the server does (fnmatch): `*` any text, `?` one character, `[abc]` one of these. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === "*") return "[^]*";
    if (part === "?") return "[^]";
    if (part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
  });
  return new RegExp(`^(?:${source})$`).test(name);
}
