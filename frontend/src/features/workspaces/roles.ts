import type { MemberView, Permission, Role } from "@/api/generated/schema";

export interface RoleWords {
  role: Role;
  label: string;
  /** What it lets a person do. */
  may: string;
}

/** From most to least. The server decides; these are its rules in words. */
export const ROLES: readonly RoleWords[] = [
  { role: "owner", label: "Owner", may: "Everything an admin may, and deciding who owns the workspace." },
  {
    role: "admin",
    label: "Admin",
    may: "Connections, rules, budgets and people; everybody’s calls with their arguments; everybody’s apps.",
  },
  {
    role: "member",
    label: "Member",
    may: "Using the tools through an app; seeing connections, rules, people, usage and their own calls.",
  },
  {
    role: "contractor",
    label: "Contractor",
    may: "Using the tools through an app; seeing connections and their own calls, nothing else.",
  },
];

export function labelOf(role: Role): string {
  return ROLES.find((one) => one.role === role)?.label ?? role;
}

/** `a member`, `an owner`. */
export function withArticle(role: Role): string {
  return `${/^[ao]/.test(role) ? "an" : "a"} ${role}`;
}

/** Who may do it at all: the permission, and the reason to show where it is missing. */
export interface Rights {
  permissions: readonly Permission[];
  whyNotWrite: string | undefined;
}

/** Nobody gives, changes or takes away a role that reaches beyond the own one: owners only by owners. */
export function whyNotGive(role: Role, { permissions, whyNotWrite }: Rights): string | undefined {
  if (whyNotWrite !== undefined) return whyNotWrite;
  if (role === "owner" && !permissions.includes("workspace:own")) return "Only an owner can make somebody an owner.";
  return undefined;
}

/** Why this person's role cannot be changed, nor the person be removed. A workspace always keeps an owner. */
export function whyNotChange(
  member: MemberView,
  members: readonly MemberView[],
  { permissions, whyNotWrite }: Rights,
): string | undefined {
  if (whyNotWrite !== undefined) return whyNotWrite;
  if (member.role !== "owner") return undefined;
  if (!permissions.includes("workspace:own")) return "Only an owner can change or remove an owner.";
  if (members.filter(({ role }) => role === "owner").length < 2) {
    return "This is the only owner. Make somebody else an owner first.";
  }
  return undefined;
}
