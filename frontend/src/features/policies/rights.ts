import type { PolicyView, Role } from "@/api/generated/schema";

/** Why the person may not change it, and who can; `undefined` where they may. */
export function whyNotChange({ can_change: canChange, applies_to: scope }: PolicyView, role: Role): string | undefined {
  if (canChange) return undefined;
  return scope === "organization"
    ? `It is for all workspaces of the organization, so only an owner can change it. Your role here is ${role}.`
    : `Your role here is ${role}, which does not include writing policies. Ask an owner or admin.`;
}
