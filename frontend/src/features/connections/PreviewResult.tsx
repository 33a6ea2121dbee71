import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { CallPreview } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Facts } from "@/components/ui/Facts";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { usd } from "../budgets/money";
import { useWorkspace } from "../workspaces/useWorkspace";
import { ClassBadge } from "./ClassBadge";
import classes from "./ToolPreview.module.css";

const TITLES = { passed: "It would be carried out at once", asked: "People would be asked first", denied: "It would be denied" };
const TONES = { passed: "ok", asked: "warn", denied: "bad" } as const;

/** What a call would meet on its way, in the order in which it would. */
export function PreviewResult({ preview }: { preview: CallPreview }) {
  return (
    <div className={classes.result} role="status">
      <Callout tone={TONES[preview.verdict]} title={TITLES[preview.verdict]}>
        {preview.reason !== null && <p>{preview.reason}</p>}
        {preview.approvals.map(({ policy, sent_to: to, count, reason }) => (
          <p key={policy}>
            The request would go to {to}
            {count > 1 && `; ${String(count)} of them must agree`}. {reason}
          </p>
        ))}
      </Callout>
      <Facts facts={factsOf(preview)} />
    </div>
  );
}

function factsOf(preview: CallPreview): [string, ReactNode][] {
  const facts: [string, ReactNode | undefined][] = [
    ["Operation", <ClassBadge key="class" kind={preview.operation_class} />],
    ["Policies", <Policies key="policies" policies={preview.policies} />],
    ["Hidden in the arguments", preview.hidden.length > 0 ? preview.hidden.join(", ") : undefined],
    ["Cost", costOf(preview)],
    ...preview.limits.map((limit): [string, ReactNode] => [limit.name, <Limit key={limit.name} limit={limit} />]),
    ...preview.rates.map(({ policy, calls, seconds, used, is_full: isFull }): [string, ReactNode] => [
      policy,
      `${used === null ? "" : `${String(used)} of `}${calls.toLocaleString("en")} calls in ${spanOf(seconds)}${isFull ? ", so none is left now" : ""}`,
    ]),
  ];
  return facts.filter((fact): fact is [string, ReactNode] => fact[1] !== undefined);
}

function Limit({ limit }: { limit: CallPreview["limits"][number] }) {
  const { left_micro_usd: left, limit_micro_usd: whole, held_micro_usd: held, resets_at: resets, would_block: isShort } = limit;
  return (
    <>
      {usd(left)} left of {usd(whole)}
      {held > 0 && `, ${usd(held)} held by running calls`}
      {isShort && ", which is too little for this call"}
      <span className={classes.quiet}>
        {" "}
        · begins anew <RelativeTime at={resets} />
      </span>
    </>
  );
}

function Policies({ policies }: Pick<CallPreview, "policies">) {
  const { slug } = useWorkspace();
  if (policies.length === 0) return "No policy is about this call";
  return (
    <ul className={classes.policies}>
      {policies.map(({ id, name, verdict, mode, reason }) => (
        <li key={id}>
          <Link to={paths.policy({ workspace: slug, policy: id })}>{name}</Link>
          <StateBadge state={verdict} isPlain />
          {mode === "monitor" && <span className={classes.quiet}>only recorded</span>}
          {reason !== null && <span className={classes.reason}>{reason}</span>}
        </li>
      ))}
    </ul>
  );
}

function costOf({ cost_basis: basis, estimate_micro_usd: estimate }: CallPreview): string {
  if (basis === null) return "Not known: the tool has no price";
  if (basis === "free") return "Free";
  if (basis === "meta")
    return estimate
      ? `About ${usd(estimate)}; the service tells the price with its answer`
      : "The service tells it with its answer";
  return estimate === null ? "Not known beforehand" : `About ${usd(estimate)}`;
}

const SPANS: Record<number, string> = { 1: "a second", 60: "a minute", 3600: "an hour", 86_400: "a day" };

function spanOf(seconds: number): string {
  return SPANS[seconds] ?? `${String(seconds)} s`;
}
