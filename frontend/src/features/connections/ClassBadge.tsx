import { IconEye, IconFlame, IconPencil, type TablerIcon } from "@tabler/icons-react";

import type { OperationClass } from "@/api/generated/schema";

import classes from "./ClassBadge.module.css";

export interface ClassBadgeProps {
  kind: OperationClass;
  /** An admin said so; otherwise it is what the server claims. */
  isSet?: boolean;
}

/** What a tool does to the service: icon and word, never colour alone. */
export function ClassBadge({ kind, isSet = false }: ClassBadgeProps) {
  const { label, icon: Icon } = APPEARANCES[kind];
  return (
    <span className={classes.badge} data-class={kind} title={isSet ? "Set by an admin" : "As its server claims"}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {label}
      {isSet && <span className={classes.set}>set</span>}
    </span>
  );
}

const APPEARANCES: Record<OperationClass, { label: string; icon: TablerIcon }> = {
  read: { label: "Read", icon: IconEye },
  write: { label: "Write", icon: IconPencil },
  destructive: { label: "Destructive", icon: IconFlame },
};
