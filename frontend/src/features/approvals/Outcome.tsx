import { lazy, type ReactNode, Suspense } from "react";

import type { ApprovalDetail, ApprovalLine } from "@/api/generated/schema";
import { Callout, type CalloutTone } from "@/components/ui/Callout";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { RelativeTime } from "@/components/ui/RelativeTime";

import classes from "./ApprovalPage.module.css";

/** Seldom needed: outcomes are nearly always known. */
const CloseUnknown = lazy(() => import("./CloseUnknown"));

/** What will happen, or what happened, in one sentence; with its result for whoever asked. */
export function Outcome({ workspace, detail: { approval } }: { workspace: string; detail: ApprovalDetail }) {
  return (
    <div className={classes.outcome}>
      <Callout tone={TONES[approval.state]} title={titleOf(approval)} role="status">
        <Words approval={approval} />
      </Callout>
      {approval.can_close && (
        <Suspense>
          <CloseUnknown workspace={workspace} approval={approval} />
        </Suspense>
      )}
      {approval.result !== null && (
        <>
          <CodeBlock
            label={approval.result_is_error === true ? "Result: an error" : "Result"}
            text={approval.result}
            foldAfter={16}
          />
          {approval.result_is_cut && (
            <p className={classes.quiet}>This is its beginning. Repeat the call in the app to get all of it.</p>
          )}
        </>
      )}
    </div>
  );
}

const TONES: Record<ApprovalLine["state"], CalloutTone> = {
  pending: "quiet",
  approved: "quiet",
  executing: "quiet",
  executed: "ok",
  denied: "bad",
  expired: "quiet",
  cancelled: "quiet",
  void: "warn",
  outcome_unknown: "warn",
};

function titleOf({ state, full_name: name, requester, result_is_error: isError }: ApprovalLine): ReactNode {
  const call = <code>{name}</code>;
  switch (state) {
    case "pending":
      return (
        <>
          If it is approved, {call} is called once, for {requester}, with exactly the arguments below
        </>
      );
    case "approved":
    case "executing":
      return <>Approved: {call} is being called</>;
    case "executed":
      return isError === true ? <>{call} was called once and answered with an error</> : <>{call} was called once</>;
    case "denied":
      return "Denied: the service was not called";
    case "expired":
      return "Nobody decided in time: the service was not called";
    case "cancelled":
      return `${requester} took the request back: the service was not called`;
    case "void":
      return "Not carried out";
    case "outcome_unknown":
      return "Whether the service acted is not known";
  }
}

function Words({ approval: { state, reason, ended_at: ended } }: { approval: ApprovalLine }) {
  return (
    <>
      {reason !== null && <p>{reason}</p>}
      {state === "pending" && <p>Policies, budget, permissions and the tool’s definition are checked again before that.</p>}
      {state === "outcome_unknown" && <p>It is not called again. Look at the service, then say here what you found.</p>}
      {ended !== null && (
        <p>
          It ended <RelativeTime at={ended} />.
        </p>
      )}
    </>
  );
}
