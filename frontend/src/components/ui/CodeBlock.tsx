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
}

const FOLD_AFTER_LINES = 24;

/** Text in monospace: complete, copyable, with invisible characters shown. */
export function CodeBlock({ label, text, foldAfter = FOLD_AFTER_LINES }: CodeBlockProps) {
  const [isUnfolded, setUnfolded] = useState(false);
  const lines = text.split("\n");
  const isFolded = !isUnfolded && lines.length > foldAfter;
  return (
    <figure className={classes.block} aria-label={label}>
      <figcaption className={classes.head}>
        <span>{label}</span>
        <CopyButton label={label} value={text} />
      </figcaption>
      <pre className={classes.text} tabIndex={0}>
        <PlainText text={isFolded ? lines.slice(0, foldAfter).join("\n") : text} />
      </pre>
      {isFolded && (
        <button
          type="button"
          className={classes.unfold}
          onClick={() => {
            setUnfolded(true);
          }}
        >
          Show all {lines.length} lines
        </button>
      )}
    </figure>
  );
}
