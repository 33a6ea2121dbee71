import type { ReactNode } from "react";

import classes from "./PageHeader.module.css";

export interface PageHeaderProps {
  title: string;
  /** One sentence: what this page is for, or since when the thing is in its state. */
  description?: ReactNode;
  /** Beside the title: a state badge, an avatar. */
  before?: ReactNode;
  after?: ReactNode;
  /** The main action, at most two buttons. */
  actions?: ReactNode;
}

/** The page's only `h1`. Also names the browser's tab. */
export function PageHeader({ title, description, before, after, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <title>{`${title} · Conducktor`}</title>
      <div className={classes.words}>
        <div className={classes.line}>
          {before}
          <h1 className={classes.title}>{title}</h1>
          {after}
        </div>
        {description !== undefined && <div className={classes.description}>{description}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
