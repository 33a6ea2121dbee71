import { getRouteApi } from "@tanstack/react-router";

import type { MyWorkspace, Permission } from "@/api/generated/schema";

import { useSession } from "../identity/session";

/** The workspace of the address, as the session knows it now: a change of role shows without a new page. */
export function useWorkspace(): MyWorkspace {
  const { workspace } = getRouteApi("/w/$workspace").useLoaderData();
  return useSession().workspaces.find(({ slug }) => slug === workspace.slug) ?? workspace;
}

/** Why the person may not do it, and who can change that; `undefined` where they may. For buttons that stay, disabled, with the reason. */
export function useWhyNot(permission: Permission): string | undefined {
  const { permissions, role } = useWorkspace();
  if (permissions.includes(permission)) return undefined;
  return `Your role here is ${role}, which does not include ${DEEDS[permission] ?? `“${permission}”`}. Ask an owner or admin.`;
}

const DEEDS: Partial<Record<Permission, string>> = {
  "connections:write": "adding or changing connections",
  "audit:read": "reading the whole audit",
  "audit:read-arguments": "reading other people's arguments",
  "budgets:write": "changing budgets or prices",
  "members:write": "inviting or changing people",
  "authorizations:manage": "revoking other people's apps",
  "policies:write": "writing policies",
  "workspace:write": "changing this workspace",
};
