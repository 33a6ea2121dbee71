import type { ConnectionView, ToolCounts } from "@/api/generated/schema";

/** What a person should know about a connection, in one line; nothing where all is well. */
export function remark({ name, state, reason, tools }: Pick<ConnectionView, "name" | "state" | "reason" | "tools">) {
  if (state !== "ACTIVE") return reason === null ? undefined : withoutName(reason, name);
  if (tools.quarantined > 0)
    return `${countOf(tools.quarantined, "tool")} ${tools.quarantined === 1 ? "waits" : "wait"} for review`;
  return undefined;
}

/** `vault asked for …` beside its name: the line is short, and the name would be most of it. */
function withoutName(reason: string, name: string): string {
  const rest = reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : reason;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** Whether somebody has to do something. A disabled connection is as somebody wanted it. */
export function needsAttention({ state, tools }: Pick<ConnectionView, "state" | "tools">): boolean {
  return state === "ERROR" || (state !== "DISABLED" && tools.quarantined > 0);
}

/** `3 connections, 1 needs attention`. */
export function summary(connections: readonly ConnectionView[]): string {
  const unwell = connections.filter(needsAttention).length;
  const all = countOf(connections.length, "connection");
  return unwell === 0 ? all : `${all}, ${String(unwell)} ${unwell === 1 ? "needs" : "need"} attention`;
}

/** Tools that there are: those that are gone do not count. */
export function toolsThere({ active, quarantined, rejected }: ToolCounts): number {
  return active + quarantined + rejected;
}

export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

export interface ConnectionFilter {
  find?: string | undefined;
  state?: string | undefined;
  tools?: string | undefined;
}

/** Every word of `find` must occur in name, title or address. */
export function matches(connection: ConnectionView, { find = "", state, tools }: ConnectionFilter): boolean {
  const text = `${connection.name} ${connection.title} ${connection.url}`.toLowerCase();
  const words = find.toLowerCase().split(/\s+/);
  return (
    words.every((word) => text.includes(word)) &&
    (state === undefined || (state === "attention" ? needsAttention(connection) : connection.state === state)) &&
    (tools !== "quarantined" || connection.tools.quarantined > 0) &&
    (tools !== "rejected" || connection.tools.rejected > 0)
  );
}
