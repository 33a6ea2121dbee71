import type { Scope } from "@/api/generated/schema";

/** What an app may do, in few words; the consent page says the same at length, in the server's words. */
const DEEDS: Record<Scope, string> = {
  connections: "see connections",
  tools: "execute tools",
  usage: "view usage",
  manage: "manage the workspace",
  approvals: "decide approvals",
};

/** `See connections, execute tools, view usage`. */
export function scopesInWords(scopes: readonly Scope[]): string {
  const words = scopes.map((scope) => DEEDS[scope]).join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Those that let a chat change how the workspace is governed. */
export function isPowerful(scopes: readonly Scope[]): boolean {
  return scopes.includes("manage") || scopes.includes("approvals");
}
