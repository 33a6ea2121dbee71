import type { ReactNode } from "react";

import { Callout } from "@/components/ui/Callout";

import classes from "./ConnectGuide.module.css";
import { type Reach, reachOf } from "./reach";

/** Why ChatGPT on the web cannot come here, where that is so. Nothing where it can. */
export function ReachHint({ origin }: { origin: string }) {
  const reach = reachOf(origin);
  if (reach === "internet") return null;
  return (
    <div className={classes.hint}>
      <Callout tone="warn" title={TITLES[reach]}>
        <p>{WORDS[reach]}</p>
      </Callout>
    </div>
  );
}

const TITLES: Record<Exclude<Reach, "internet">, string> = {
  machine: "ChatGPT on the web cannot reach this address",
  network: "ChatGPT on the web cannot reach this address",
  insecure: "ChatGPT wants an https address",
};

const BEHIND_TLS = (
  <>
    For ChatGPT, put a web server with TLS in front and set <code>CONDUCKTOR_PUBLIC_URL</code> to its public https address.
  </>
);

const WORDS: Record<Exclude<Reach, "internet">, ReactNode> = {
  machine: (
    <>It belongs to this machine. MCP clients that run here, such as the MCP Inspector, can use it as it is. {BEHIND_TLS}</>
  ),
  network: <>It belongs to a private network. MCP clients in that network can use it as it is. {BEHIND_TLS}</>,
  insecure: <>MCP clients that accept plain http can use it as it is. {BEHIND_TLS}</>,
};
