import { Textarea } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import type { ApprovalDetail, ApprovalLine } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { RelativeTime } from "@/components/ui/RelativeTime";

import classes from "./ApprovalPage.module.css";
import { CancelRequest } from "./CancelRequest";
import { COMMENT_MAX, type Decision as Wish, useDecide, VERBS } from "./useDecide";
import { useNextWaiting } from "./useNextWaiting";
import { Votes } from "./Votes";
import { addresseesOf } from "./words";

/** Approve or deny, with a comment; or why not, and who can. */
export function Decision({ workspace, detail }: { workspace: string; detail: ApprovalDetail }) {
  const { approval, votes } = detail;
  const run = useRun(workspace, approval.id);
  if (approval.state !== "pending") {
    return (
      <>
        {run.problem?.status === CONFLICT && (
          <Callout tone="warn" role="alert" title="Somebody else was faster">
            <p>{run.problem.detail} Your decision was not needed any more; this page shows what was decided.</p>
          </Callout>
        )}
        <Votes votes={votes} />
      </>
    );
  }
  return (
    <section className={classes.decision} aria-label="Decision">
      <p>
        {approval.can_decide ? "Waits for you" : `Waits for ${addresseesOf(approval.questions)}`}, until it expires{" "}
        <RelativeTime at={approval.expires_at} />.
      </p>
      <DecisionForm approval={approval} {...run} />
      <Votes votes={votes} />
      {approval.can_cancel && <CancelRequest workspace={workspace} approval={approval} />}
    </section>
  );
}

const CONFLICT = 409;

function DecisionForm({ approval, run, problem, pending }: Run & { approval: ApprovalLine }) {
  const [comment, setComment] = useState("");
  const approve = useRef<HTMLButtonElement>(null);
  const deny = useRef<HTMLButtonElement>(null);
  const whyNot = approval.can_decide ? undefined : (approval.why_not ?? "It is not yours to decide.");
  // A key alone must not let a call through: it leads to the button, and Enter presses it.
  useHotkeys([
    ["a", () => approve.current?.focus()],
    ["d", () => deny.current?.focus()],
  ]);
  return (
    <>
      {whyNot !== undefined && <p className={classes.quiet}>You cannot decide it. {whyNot}</p>}
      {whyNot === undefined && (
        <Textarea
          label="Comment"
          description={`${approval.requester} sees it.`}
          rows={3}
          resize="vertical"
          maxLength={COMMENT_MAX}
          value={comment}
          onChange={(event) => {
            setComment(event.currentTarget.value);
          }}
        />
      )}
      <FormError problem={problem} />
      <div className={classes.buttons}>
        <GuardedButton
          ref={approve}
          whyNot={whyNot}
          aria-keyshortcuts="a"
          loading={pending === "approve"}
          onClick={() => void run("approve", comment)}
        >
          {VERBS.approve}
        </GuardedButton>
        <GuardedButton
          ref={deny}
          whyNot={whyNot}
          variant="outline"
          color="red"
          aria-keyshortcuts="d"
          loading={pending === "deny"}
          onClick={() => void run("deny", comment)}
        >
          {VERBS.deny}
        </GuardedButton>
      </div>
      {whyNot === undefined && (
        <div className={classes.keys}>
          <kbd>A</kbd> or <kbd>D</kbd>, then <kbd>Enter</kbd>. The next request opens by itself.
        </div>
      )}
    </>
  );
}

interface Run {
  run: (wish: Wish, comment: string) => Promise<void>;
  problem: ApiProblem | undefined;
  pending: Wish | undefined;
}

/** Decides, says what came of it, and goes on to the next that waits. */
function useRun(workspace: string, id: string): Run {
  const { decide } = useDecide(workspace);
  const goOn = useNextWaiting(workspace, id);
  const [problem, setProblem] = useState<ApiProblem>();
  const [pending, setPending] = useState<Wish>();

  async function run(wish: Wish, comment: string) {
    if (pending !== undefined) return;
    setPending(wish);
    setProblem(undefined);
    try {
      const line = await decide(id, wish, comment);
      notifications.show({ message: saidOf(wish, line.state === "pending") });
      await goOn();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setPending(undefined);
    }
  }
  return { run, problem, pending };
}

function saidOf(wish: Wish, isStillOpen: boolean): string {
  if (wish === "deny") return "Denied. The requester is told.";
  return isStillOpen ? "Your agreement counts. Others must agree too." : "Approved. It is being carried out.";
}
