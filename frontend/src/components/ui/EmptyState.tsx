import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { StatePanel } from "./StatePanel";

export interface EmptyStateProps {
  icon: TablerIcon;
  title: string;
  /** What this place is for, in a sentence or two. */
  children: ReactNode;
  /** The one thing to do about it. */
  action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <StatePanel icon={icon} title={title} actions={action}>
      <p>{children}</p>
    </StatePanel>
  );
}
