import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconClock,
  IconEye,
  IconHandStop,
  IconHelpCircle,
  IconHourglass,
  IconPlugConnectedX,
  IconShieldCheck,
  type TablerIcon,
} from "@tabler/icons-react";

import classes from "./StateBadge.module.css";

type Tone = "ok" | "warn" | "bad" | "quiet";

interface Appearance {
  label: string;
  tone: Tone;
  icon: TablerIcon;
}

/** The states of everything the product shows: connections, calls, authorizations, invitations. Icon and word, never colour alone. */
const APPEARANCES: Record<string, Appearance> = {
  active: { label: "Active", tone: "ok", icon: IconCircleCheck },
  pending: { label: "Pending", tone: "warn", icon: IconCircleDashed },
  error: { label: "Error", tone: "bad", icon: IconAlertTriangle },
  healthy: { label: "Healthy", tone: "ok", icon: IconCircleCheck },
  down: { label: "Down", tone: "bad", icon: IconPlugConnectedX },
  sign_in_needed: { label: "Sign-in needed", tone: "warn", icon: IconHandStop },
  disabled: { label: "Disabled", tone: "quiet", icon: IconBan },
  quarantined: { label: "Quarantined", tone: "warn", icon: IconHandStop },
  ok: { label: "OK", tone: "ok", icon: IconCircleCheck },
  tool_error: { label: "Tool error", tone: "warn", icon: IconAlertTriangle },
  upstream_error: { label: "Service error", tone: "bad", icon: IconPlugConnectedX },
  pending_approval: { label: "Waits for approval", tone: "warn", icon: IconHourglass },
  approved: { label: "Approved", tone: "ok", icon: IconCircleCheck },
  executing: { label: "Being carried out", tone: "quiet", icon: IconCircleDashed },
  executed: { label: "Carried out", tone: "ok", icon: IconCircleCheck },
  void: { label: "Not carried out", tone: "bad", icon: IconBan },
  outcome_unknown: { label: "Outcome unknown", tone: "warn", icon: IconHelpCircle },
  cancelled: { label: "Cancelled", tone: "quiet", icon: IconBan },
  running: { label: "Running", tone: "quiet", icon: IconCircleDashed },
  failed: { label: "Failed", tone: "bad", icon: IconAlertTriangle },
  denied: { label: "Denied", tone: "bad", icon: IconHandStop },
  rejected: { label: "Rejected", tone: "bad", icon: IconHandStop },
  enforce: { label: "Enforced", tone: "ok", icon: IconShieldCheck },
  monitor: { label: "Monitor", tone: "warn", icon: IconEye },
  off: { label: "Off", tone: "quiet", icon: IconBan },
  passed: { label: "Passes", tone: "ok", icon: IconCircleCheck },
  asked: { label: "Needs approval", tone: "warn", icon: IconHourglass },
  gone: { label: "Gone", tone: "quiet", icon: IconBan },
  unknown: { label: "Unknown", tone: "warn", icon: IconHelpCircle },
  expired: { label: "Expired", tone: "quiet", icon: IconClock },
  revoked: { label: "Revoked", tone: "quiet", icon: IconBan },
};

export interface StateBadgeProps {
  /** As the API spells it, in either case: `ACTIVE`, `denied`. One that is not known here is shown as it is. */
  state: string;
  /** Quieter, without the pill: for dense tables. */
  isPlain?: boolean;
}

export function StateBadge({ state, isPlain = false }: StateBadgeProps) {
  const { label, tone, icon: Icon } = APPEARANCES[state.toLowerCase()] ?? unknownState(state);
  return (
    <span className={classes.badge} data-tone={tone} data-plain={isPlain || undefined}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {label}
    </span>
  );
}

function unknownState(state: string): Appearance {
  const words = state.toLowerCase().replaceAll("_", " ");
  return { label: words.charAt(0).toUpperCase() + words.slice(1), tone: "quiet", icon: IconHelpCircle };
}
