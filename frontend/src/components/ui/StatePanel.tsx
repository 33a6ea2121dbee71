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
  /** Where it is the whole page: the page's `h1`. */
  isPage?: boolean;
}

/** The frame of every "there is nothing to show" state. */
export function StatePanel({ icon: Icon, title, children, actions, tone = "quiet", role, isPage = false }: StatePanelProps) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className={classes.panel} role={role}>
      <div className={classes.icon} data-tone={tone}>
        <Icon size={20} stroke={1.5} aria-hidden />
      </div>
      <Heading className={classes.title}>{title}</Heading>
      {children !== undefined && <div className={classes.words}>{children}</div>}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
