import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";

import classes from "./StatePanel.module.css";

export interface StatePanelProps {
  icon: TablerIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  tone?: "quiet" | "bad";
  role?: "alert" | "status";
}

/** The frame of every "there is nothing to show" state. */
export function StatePanel({ icon: Icon, title, children, actions, tone = "quiet", role }: StatePanelProps) {
  return (
    <div className={classes.panel} role={role}>
      <div className={classes.icon} data-tone={tone}>
        <Icon size={20} stroke={1.5} aria-hidden />
      </div>
      <h2 className={classes.title}>{title}</h2>
      {children !== undefined && <div className={classes.words}>{children}</div>}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
