import { Button, Modal, TextInput } from "@mantine/core";
import { useId, useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";

import type { ConfirmDialogProps } from "./ConfirmDialog";
import classes from "./ConfirmModal.module.css";
import { FormError } from "./FormError";

/** The dialog itself; pages use `ConfirmDialog`, which loads it. */
export default function ConfirmModal(props: ConfirmDialogProps) {
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`${props.verb} “${props.name}”?`} size="md">
      <Question {...props} />
    </Modal>
  );
}

function Question({ verb, name, consequences, mustTypeName = false, onConfirm, onClose }: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<ApiProblem>();
  const [isPending, setPending] = useState(false);
  const hint = useId();
  const isReady = !mustTypeName || typed === name;

  async function confirm() {
    setPending(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setPending(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void confirm();
      }}
    >
      <ul className={classes.consequences}>
        {consequences.map((consequence, index) => (
          <li key={index}>{consequence}</li>
        ))}
      </ul>
      {mustTypeName && (
        <TextInput
          className={classes.typed}
          label={`Type ${name} to confirm`}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      )}
      <FormError problem={problem} />
      <div className={classes.buttons}>
        {!isReady && (
          <span id={hint} data-visually-hidden="">
            Type the name first.
          </span>
        )}
        <Button variant="default" onClick={onClose} data-autofocus={!mustTypeName || undefined}>
          Cancel
        </Button>
        <Button type="submit" color="red" loading={isPending} disabled={!isReady} aria-describedby={isReady ? undefined : hint}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
