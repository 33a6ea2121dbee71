import {
  IconBan,
  IconChecklist,
  IconCoin,
  IconEyeOff,
  IconFilterCheck,
  IconGauge,
  IconListCheck,
  IconShieldHalf,
  IconWorldDownload,
  type TablerIcon,
} from "@tabler/icons-react";

import classes from "./KindIcon.module.css";

export function KindIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? IconShieldHalf;
  return (
    <span className={classes.icon}>
      <Icon size={15} stroke={1.75} aria-hidden />
    </span>
  );
}

const ICONS: Record<string, TablerIcon> = {
  require_approval: IconChecklist,
  budget_limit: IconCoin,
  allow_only: IconListCheck,
  deny: IconBan,
  rate_limit: IconGauge,
  argument_rule: IconFilterCheck,
  redact: IconEyeOff,
  untrusted_flow: IconWorldDownload,
};
