import { IconAlertTriangle, IconCircleCheck, IconHandStop, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

import classes from "./Callout.module.css";

export type CalloutTone = "quiet" | "ok" | "warn" | "bad";

export interface CalloutProps {
  tone: CalloutTone;
  /** What is the case, in a few words. */
  title: ReactNode;
  /** Why, and what to do. */
  children?: ReactNode;
  actions?: ReactNode;
  /** Read out when it appears: `alert` at once, `status` when there is a pause. */
  role?: "alert" | "status";
}

/** Something about this page that should not be missed, beside what it is about. */
export function Callout({ tone, title, children, actions, role }: CalloutProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.callout} data-tone={tone} role={role}>
      <Icon className={classes.icon} size={16} stroke={1.75} aria-hidden />
      <div className={classes.words}>
        <div className={classes.title}>{title}</div>
        {children}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

const ICONS = { quiet: IconInfoCircle, ok: IconCircleCheck, warn: IconHandStop, bad: IconAlertTriangle };
