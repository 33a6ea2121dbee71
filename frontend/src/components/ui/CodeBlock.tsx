import { useState } from "react";

import classes from "./CodeBlock.module.css";
import { CopyButton } from "./CopyField";
import { PlainText } from "./PlainText";

export interface CodeBlockProps {
  /** What it is: "Arguments", "Configuration". Names the block for those who cannot see it, and the copy button. */
  label: string;
  text: string;
  /** Lines shown before it is unfolded; nothing is ever left out, only folded. */
  foldAfter?: number;
  /** Which lines are shown before it is unfolded: the last ones are what matters in a log. */
  keeps?: "first" | "last";
}

const FOLD_AFTER_LINES = 24;

/** Text in monospace: complete, copyable, with invisible characters shown. */
export function CodeBlock({ label, text, foldAfter = FOLD_AFTER_LINES, keeps = "first" }: CodeBlockProps) {
  const [isUnfolded, setUnfolded] = useState(false);
  const lines = text.split("\n");
  const isFolded = !isUnfolded && lines.length > foldAfter;
  const shown = keeps === "first" ? lines.slice(0, foldAfter) : lines.slice(-foldAfter);
  const unfold = isFolded && (
    <button
      type="button"
      className={classes.unfold}
      data-above={keeps === "last" || undefined}
      onClick={() => {
        setUnfolded(true);
      }}
    >
      Show all {lines.length} lines
    </button>
  );
  return (
    <figure className={classes.block} aria-label={label}>
      <figcaption className={classes.head}>
        <span>{label}</span>
        <CopyButton label={label} value={text} />
      </figcaption>
      {keeps === "last" && unfold}
      <pre className={classes.text} tabIndex={0}>
        <PlainText text={isFolded ? shown.join("\n") : text} />
      </pre>
      {keeps === "first" && unfold}
    </figure>
  );
}
