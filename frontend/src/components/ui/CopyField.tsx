import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";

import classes from "./CopyField.module.css";
import { type CopyOutcome, useCopied } from "./useCopied";

export interface CopyFieldProps {
  /** What the value is: "MCP endpoint". */
  label: string;
  value: string;
  /** The label may stand elsewhere already, in a table's head for example. */
  isLabelHidden?: boolean;
}

/** A value to take elsewhere: in monospace, whole, selectable, with a button that copies it. */
export function CopyField({ label, value, isLabelHidden = false }: CopyFieldProps) {
  return (
    <div className={classes.field}>
      {!isLabelHidden && <div className={classes.label}>{label}</div>}
      <div className={classes.box}>
        <code className={classes.value}>{value}</code>
        <CopyButton label={label} value={value} />
      </div>
    </div>
  );
}

export function CopyButton({ label, value }: { label: string; value: string }) {
  const [outcome, copy] = useCopied(value);
  return (
    <UnstyledButton className={classes.button} data-outcome={outcome} onClick={copy} aria-label={`Copy ${label}`}>
      <OutcomeIcon outcome={outcome} />
      <span aria-live="polite">{WORDS[outcome]}</span>
    </UnstyledButton>
  );
}

const WORDS: Record<CopyOutcome, string> = { idle: "Copy", copied: "Copied", refused: "Select it and press Ctrl+C" };

function OutcomeIcon({ outcome }: { outcome: CopyOutcome }) {
  const Icon = { idle: IconCopy, copied: IconCheck, refused: IconAlertTriangle }[outcome];
  return <Icon size={14} stroke={1.75} aria-hidden />;
}
