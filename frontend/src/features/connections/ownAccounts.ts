import type { OwnAccountView, Part } from "@/api/generated/schema";
import { queries } from "@/api/client";

/** The classes of tools for which each person's own account is used, as the choices that people are given. */
export const WHOSE = {
  workspace: [],
  changes: ["destructive", "write"],
  everybody: ["destructive", "read", "write"],
} as const satisfies Record<string, OwnAccountView["personal_for"]>;

export type Whose = keyof typeof WHOSE;

/** The choice that is in force; `undefined` for one that was made elsewhere, class by class. */
export function whoseOf(personalFor: readonly string[]): Whose | undefined {
  const now = [...personalFor].sort().join(" ");
  return (Object.keys(WHOSE) as Whose[]).find((whose) => WHOSE[whose].join(" ") === now);
}

const TOOLS: Record<string, string> = { read: "reading", write: "writing", destructive: "destructive" };

/** `reading and writing tools`. */
export function toolsFor(personalFor: readonly string[]): string {
  if (personalFor.length === 3) return "all tools";
  const words = ["read", "write", "destructive"].filter((known) => personalFor.includes(known)).map((known) => TOOLS[known]);
  return `${words.join(" and ")} tools`;
}

export function endedWords({ auth }: Pick<OwnAccountView, "auth">): string {
  return auth === "oauth" ? "The service ended your sign-in" : "The service does not accept your key any more";
}

/** Of an account with which something has to be done, where it can be done. */
export function troubleOf(account: Pick<OwnAccountView, "auth" | "state">): string {
  if (account.state === "ended") return endedWords(account);
  return account.state === "needs_more_access" ? MORE_ACCESS : "You are not signed in with your own account";
}

const MORE_ACCESS = "The service wants more access for some of its tools";

export function signOutLabel({ auth }: Pick<OwnAccountView, "auth">): string {
  return auth === "oauth" ? "Sign out of this service" : "Delete key";
}

/** Of the whole workspace, or what one connection or toolset needs. */
export const ownAccountsQuery = (workspace: string, part?: Part | null) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/own-accounts", {
    params: { path: { workspace }, query: part ? { [part.kind]: part.name } : {} },
  });

export const ownAccountQuery = (workspace: string, name: string, link?: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/own-account", {
    params: { path: { workspace, name }, query: link === undefined ? {} : { link } },
  });

export const accountHoldersQuery = (workspace: string, name: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/connections/{name}/own-accounts", {
    params: { path: { workspace, name } },
  });
