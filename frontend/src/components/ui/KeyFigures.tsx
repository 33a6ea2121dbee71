import type { ReactNode } from "react";

import classes from "./KeyFigures.module.css";

export interface KeyFigure {
  name: string;
  figure: ReactNode;
  /** Exact, on hover. */
  title?: string;
  /** What else there is to it; nothing: left out. */
  more?: string | false;
}

/** A few figures that sum up a page, side by side. */
export function KeyFigures({ figures }: { figures: readonly KeyFigure[] }) {
  return (
    <dl className={classes.figures} data-count={figures.length}>
      {figures.map(({ name, figure, title, more }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className={classes.number} title={title}>
              {figure}
            </span>
            {more !== undefined && more !== false && <span className={classes.more}>{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
