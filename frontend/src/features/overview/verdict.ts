import type { ConnectionView } from "@/api/generated/schema";

import { countOf, needsAttention } from "../connections/attention";

export interface Verdict {
  tone: "ok" | "warn" | "bad" | "quiet";
  title: string;
  detail: string;
}

/** The answer to "is everything all right?", as far as connections go. */
export function verdictOf(connections: readonly Pick<ConnectionView, "state" | "tools">[]): Verdict {
  const unwell = connections.filter(needsAttention).length;
  const active = connections.filter(({ state }) => state === "ACTIVE").length;
  const detail = detailOf(connections, active);
  if (unwell > 0) {
    const isDown = connections.some(({ state }) => state === "ERROR");
    return {
      tone: isDown ? "bad" : "warn",
      title: `${countOf(unwell, "connection")} ${unwell === 1 ? "needs" : "need"} attention`,
      detail,
    };
  }
  if (active === 0) return { tone: "quiet", title: "No connection is active", detail };
  return { tone: "ok", title: active === 1 ? "The connection works" : "All connections work", detail };
}

/** `4 of 6 active, 1 pending, 1 disabled`. */
function detailOf(connections: readonly Pick<ConnectionView, "state">[], active: number): string {
  const others = (["PENDING", "DISABLED"] as const)
    .map((state) => [connections.filter((connection) => connection.state === state).length, state.toLowerCase()] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${String(count)} ${state}`);
  return [`${String(active)} of ${String(connections.length)} active`, ...others].join(", ");
}
