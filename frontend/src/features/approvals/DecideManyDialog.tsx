import { Button, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import type { ApprovalLine, DecidedItem } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useLast } from "@/components/ui/useLast";

import classes from "./DecideManyDialog.module.css";
import { COMMENT_MAX, type Decision, useDecide, VERBS } from "./useDecide";
import { titleOf } from "./words";

export interface DecideManyDialogProps {
  workspace: string;
  wish: Decision | undefined;
  lines: readonly ApprovalLine[];
  onClose: () => void;
  onDecided: () => void;
}

/** Names what is decided, takes one comment for all, and says which could not be decided. */
export default function DecideManyDialog({ wish, ...props }: DecideManyDialogProps) {
  const shown = useLast(wish);
  const count = useLast(props.lines.length || undefined) ?? 0; // Nothing is selected any more once they are decided.
  if (!shown) return null;
  return (
    <Modal opened={wish !== undefined} onClose={props.onClose} title={`${VERBS[shown]} ${requests(count)}`} size="lg">
      <Form {...props} wish={shown} />
    </Modal>
  );
}

function Form({ workspace, wish, lines: selected, onClose, onDecided }: DecideManyDialogProps & { wish: Decision }) {
  const [lines] = useState(selected); // What was selected when it was opened: the list behind goes on.
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState<ApiProblem>();
  const [isPending, setPending] = useState(false);
  const [failed, setFailed] = useState<DecidedItem[]>();
  const { decideMany } = useDecide(workspace);

  async function submit() {
    setPending(true);
    setProblem(undefined);
    try {
      const items = await decideMany(
        lines.map(({ id }) => id),
        wish,
        comment,
      );
      const refused = items.filter((item) => item.problem !== null);
      onDecided();
      if (refused.length > 0) {
        setFailed(refused);
        return;
      }
      notifications.show({ message: `${DONE[wish]} ${requests(items.length)}.` });
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setPending(false);
    }
  }

  if (failed) return <Refused lines={lines} failed={failed} wish={wish} onClose={onClose} />;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <ul className={classes.lines}>
        {lines.map((line) => (
          <li key={line.id}>
            {titleOf(line)} <span className={classes.quiet}>for {line.requester}</span>
          </li>
        ))}
      </ul>
      {wish === "approve" && (
        <p className={classes.words}>
          Each is carried out at once, with the arguments it was asked with. Have you looked at them?
        </p>
      )}
      <Textarea
        label="Comment"
        description="The people who asked see it."
        rows={3}
        resize="vertical"
        maxLength={COMMENT_MAX}
        data-autofocus
        value={comment}
        onChange={(event) => {
          setComment(event.currentTarget.value);
        }}
      />
      <FormError problem={problem} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color={wish === "deny" ? "red" : undefined} loading={isPending}>
          {VERBS[wish]} {lines.length}
        </Button>
      </div>
    </form>
  );
}

function requests(count: number): string {
  return `${String(count)} ${count === 1 ? "request" : "requests"}`;
}

const DONE: Record<Decision, string> = { approve: "Approved", deny: "Denied" };

interface RefusedProps {
  lines: readonly ApprovalLine[];
  failed: readonly DecidedItem[];
  wish: Decision;
  onClose: () => void;
}

function Refused({ lines, failed, wish, onClose }: RefusedProps) {
  const decided = lines.length - failed.length;
  return (
    <div className={classes.form}>
      <p className={classes.words} role="alert">
        {DONE[wish]} {decided} of {lines.length}. These were not decided:
      </p>
      <ul className={classes.lines}>
        {failed.map(({ id, problem }) => {
          const line = lines.find((one) => one.id === id);
          return (
            <li key={id}>
              {line ? titleOf(line) : id}: <span className={classes.quiet}>{problem}</span>
            </li>
          );
        })}
      </ul>
      <div className={classes.buttons}>
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </div>
  );
}
