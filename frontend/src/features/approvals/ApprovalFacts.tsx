import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { ApprovalDetail } from "@/api/generated/schema";
import { Facts } from "@/components/ui/Facts";
import { PlainText } from "@/components/ui/PlainText";
import { exactTime } from "@/components/ui/RelativeTime";
import { paths } from "@/paths";

import { OWN_TOOLS } from "../audit/deeds";
import { exactUsd } from "../budgets/money";
import classes from "./ApprovalPage.module.css";
import { BudgetsLeft } from "./BudgetsLeft";

/** Who, through what, when, on what, what it costs. */
export function ApprovalFacts({ workspace, detail }: { workspace: string; detail: ApprovalDetail }) {
  return (
    <section className={classes.facts} aria-labelledby="approval-facts">
      <h2 id="approval-facts" className={classes.heading}>
        Details
      </h2>
      <Facts facts={factsOf(workspace, detail)} />
    </section>
  );
}

function factsOf(workspace: string, detail: ApprovalDetail): [string, ReactNode][] {
  const { approval, arguments_digest: digest, call_id: call, execution_call_id: execution } = detail;
  const isOwn = approval.connection === OWN_TOOLS;
  const facts: [string, ReactNode | null][] = [
    ["Tool", <Mono key="tool" text={approval.full_name} />],
    ["What it may do", CLASSES[approval.operation_class] ?? approval.operation_class],
    [
      "Connection",
      isOwn ? "Conducktor’s own tools" : <ConnectionLink key="connection" workspace={workspace} name={approval.connection} />,
    ],
    ["Cost", approval.estimate_micro_usd === null ? "not known: the tool has no price" : costOf(approval.estimate_micro_usd)],
    ["Budgets", <BudgetsLeft key="budgets" workspace={workspace} approval={approval} />],
    [
      "Asked",
      <time key="asked" dateTime={approval.created_at}>
        {exactTime(new Date(approval.created_at))}
      </time>,
    ],
    [
      "Expires",
      <time key="expires" dateTime={approval.expires_at}>
        {exactTime(new Date(approval.expires_at))}
      </time>,
    ],
    [
      "Conversation",
      approval.conversation_id === null ? null : (
        <Conversation key="conversation" workspace={workspace} id={approval.conversation_id} />
      ),
    ],
    ["Audit", <Entries key="audit" workspace={workspace} call={call} execution={execution} />],
    ["Arguments digest", digest === null ? null : <Mono key="digest" text={digest} />],
  ];
  return facts.filter(([, value]) => value !== null);
}

const CLASSES: Record<string, string> = {
  read: "Read only",
  write: "Write: it may change something",
  destructive: "Destroy: it may delete or overwrite",
};

function costOf(estimate: number): string {
  return estimate === 0 ? "free" : `about ${exactUsd(estimate)}`;
}

function ConnectionLink({ workspace, name }: { workspace: string; name: string }) {
  return (
    <Link to={paths.connection({ workspace, connection: name })} className={classes.mono}>
      {name}
    </Link>
  );
}

function Conversation({ workspace, id }: { workspace: string; id: string }) {
  return (
    <>
      <Mono text={id} />
      <span className={classes.sub}>
        <Link to={paths.audit({ workspace })} search={{ conversation: id }}>
          All calls of this conversation
        </Link>
      </span>
    </>
  );
}

function Entries({ workspace, call, execution }: { workspace: string; call: string; execution: string | null }) {
  return (
    <>
      <Link to={paths.auditEntry({ workspace, entry: call })}>The call that asked</Link>
      {execution !== null && (
        <span className={classes.sub}>
          <Link to={paths.auditEntry({ workspace, entry: execution })}>The call that was carried out</Link>
        </span>
      )}
    </>
  );
}

function Mono({ text }: { text: string }) {
  return (
    <span className={classes.mono}>
      <PlainText text={text} />
    </span>
  );
}
