import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { AuditDetail } from "@/api/generated/schema";
import { Facts } from "@/components/ui/Facts";
import { PlainText } from "@/components/ui/PlainText";
import { exactTime } from "@/components/ui/RelativeTime";
import { paths } from "@/paths";

import { attemptsOf } from "./attempts";
import { appOf, OWN_TOOLS } from "./deeds";
import classes from "./EntryPage.module.css";
import { durationOf, sizeOf } from "./measures";
import { policiesOf, saidBy } from "./policies";
import { questionsOf } from "./questions";
import { wayOf } from "./way";

/** Who, through what, when, on what, for how long: each as a security team quotes it. */
export function EntryFacts({ workspace, detail }: { workspace: string; detail: AuditDetail }) {
  return (
    <section className={classes.facts} aria-labelledby="entry-facts">
      <h2 id="entry-facts" className={classes.heading}>
        Details
      </h2>
      <Facts facts={factsOf(workspace, detail)} />
    </section>
  );
}

function factsOf(workspace: string, { line, network, arguments_digest: digest, decision }: AuditDetail): [string, ReactNode][] {
  const list = paths.audit({ workspace });
  const isCall = line.kind === "call";
  const questions = questionsOf(decision);
  const { toolset, executor, isOwnAccount, continues } = wayOf(decision);
  const facts: [string, ReactNode | null][] = [
    [
      "Who",
      <Link to={list} search={{ person: line.person_id }}>
        {line.person}
      </Link>,
    ],
    ["Through", <App key="app" name={appOf(line)} id={line.client_id} />],
    ["When", <time dateTime={line.at}>{exactTime(new Date(line.at))}</time>],
    ["Connection", line.connection === null ? null : <Connection workspace={workspace} name={line.connection} />],
    [isCall ? (KINDS[line.method] ?? "Name") : "Change", <Mono text={line.tool} />],
    ["Asked for", ASKED_FOR[line.method] ?? null],
    ["Toolset", toolset === undefined ? null : <Toolset workspace={workspace} name={toolset} />],
    ["Run with", executor === undefined ? null : <Mono text={executor} />],
    ["Account", isOwnAccount ? `${line.person}’s own, not the workspace’s` : null],
    ["What it may do", line.operation_class === null ? null : (CLASSES[line.operation_class] ?? line.operation_class)],
    ["Policies", isCall ? <Policies workspace={workspace} decision={decision} /> : null],
    ["Goes on with", continues === undefined ? null : <Begun workspace={workspace} entry={continues} />],
    ["What the service asked", questions.length === 0 ? null : <Questions questions={questions} />],
    ["Attempts", attemptsOf(decision) ?? null],
    ["Duration", line.duration_ms === null ? null : durationOf(line.duration_ms)],
    ["Size of the answer", line.result_bytes === null ? null : sizeOf(line.result_bytes)],
    ["Conversation", line.conversation_id === null ? null : <Conversation list={list} id={line.conversation_id} />],
    ["Network", network === null ? null : <Mono text={network} />],
    ["Arguments digest", digest === null ? null : <Mono text={digest} />],
    ["Entry", <Mono text={line.id} />],
  ];
  return facts.filter(([, value]) => value !== null);
}

const KINDS: Record<string, string> = {
  "tools/call": "Tool",
  "tasks/get": "Tool",
  "prompts/get": "Prompt",
  "resources/read": "Resource",
  "resources/subscribe": "Resource",
};

/** Where the kind alone would say the wrong thing. */
const ASKED_FOR: Record<string, string> = {
  "tasks/get": "The answer of a call that had to be approved first",
  "resources/subscribe": "To be told when the resource changes",
  "completion/complete": "Suggestions while somebody fills in a value",
};

const CLASSES: Record<string, string> = {
  read: "Read only",
  write: "Write: it may change something",
  destructive: "Destroy: it may delete or overwrite",
};

function App({ name, id }: { name: string; id: string | null }) {
  return (
    <>
      <PlainText text={name} />
      {id !== null && <span className={`${classes.sub ?? ""} ${classes.mono ?? ""}`}>{id}</span>}
    </>
  );
}

function Connection({ workspace, name }: { workspace: string; name: string }) {
  if (name === OWN_TOOLS) return "Conducktor’s own tools";
  return (
    <Link to={paths.connection({ workspace, connection: name })} className={classes.mono}>
      {name}
    </Link>
  );
}

function Toolset({ workspace, name }: { workspace: string; name: string }) {
  return (
    <Link to={paths.toolset({ workspace, toolset: name })} className={classes.mono}>
      {name}
    </Link>
  );
}

/** A call in which the service asked something is one entry for each round; the first one paid. */
function Begun({ workspace, entry }: { workspace: string; entry: string }) {
  return <Link to={paths.auditEntry({ workspace, entry })}>The call in which the service asked</Link>;
}

function Conversation({ list, id }: { list: string; id: string }) {
  return (
    <>
      <Mono text={id} />
      <span className={classes.sub}>
        <Link to={list} search={{ conversation: id }}>
          All calls of this conversation
        </Link>
      </span>
    </>
  );
}

function Policies({ workspace, decision }: { workspace: string; decision: AuditDetail["decision"] }) {
  const policies = policiesOf(decision);
  if (policies.length === 0) return <span className={classes.quiet}>No policy had anything to say</span>;
  return (
    <ul className={classes.policies}>
      {policies.map((policy) => (
        <li key={policy.id ?? policy.name}>
          {policy.id === undefined ? policy.name : <Link to={paths.policy({ workspace, policy: policy.id })}>{policy.name}</Link>}{" "}
          <span className={classes.quiet}>
            version {policy.version} {saidBy(policy)}
            {policy.reason !== undefined && `: ${policy.reason}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Questions({ questions }: { questions: string[] }) {
  return (
    <ul className={classes.policies}>
      {questions.map((question, index) => (
        <li key={index}>
          <PlainText text={question} />
        </li>
      ))}
    </ul>
  );
}

function Mono({ text }: { text: string }) {
  return (
    <span className={classes.mono}>
      <PlainText text={text} />
    </span>
  );
}
