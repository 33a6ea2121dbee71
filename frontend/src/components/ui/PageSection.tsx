import { type ReactNode, useId } from "react";

import classes from "./PageSection.module.css";

export interface PageSectionProps {
  title: string;
  /** What it is about, in a sentence or two. */
  words: ReactNode;
  /** For tables: below the words instead of beside them. */
  isWide?: boolean;
  children: ReactNode;
}

/** A part of a settings page: what it is about at the left, what to change at the right. */
export function PageSection({ title, words, isWide = false, children }: PageSectionProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id} data-wide={isWide || undefined}>
      <div>
        <h2 id={id} className={classes.heading}>
          {title}
        </h2>
        <p className={classes.words}>{words}</p>
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}
