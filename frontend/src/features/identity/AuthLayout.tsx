import type { ReactNode } from "react";

import { Mark } from "@/components/Mark";

import classes from "./AuthLayout.module.css";

export interface AuthLayoutProps {
  title: string;
  description?: ReactNode;
  /** Below the card: the other way in. */
  footer?: ReactNode;
  children?: ReactNode;
}

/** One calm card: what every page without a session looks like. */
export function AuthLayout({ title, description, footer, children }: AuthLayoutProps) {
  return (
    <main className={classes.page}>
      <title>{`${title} · Conducktor`}</title>
      <div className={classes.column}>
        <div className={classes.brand}>
          <Mark size={26} />
          Conducktor
        </div>
        <section className={classes.card} aria-labelledby="auth-title">
          <h1 id="auth-title" className={classes.title}>
            {title}
          </h1>
          {description !== undefined && <div className={classes.description}>{description}</div>}
          {children}
        </section>
        {footer !== undefined && <div className={classes.footer}>{footer}</div>}
      </div>
    </main>
  );
}
