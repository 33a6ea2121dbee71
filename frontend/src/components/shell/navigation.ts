import {
  IconAdjustments,
  IconApps,
  IconBell,
  IconChecklist,
  IconHome,
  IconChartBar,
  IconListSearch,
  IconPlugConnected,
  IconShieldHalf,
  IconStack2,
  IconUserCircle,
  IconUsers,
  IconWallet,
  type TablerIcon,
} from "@tabler/icons-react";

import { paths } from "@/paths";

export interface NavigationItem {
  label: string;
  icon: TablerIcon;
  href: (at: { workspace: string }) => string;
  /** Other words under which the palette finds it. */
  keywords: string;
  /** Which count of what waits stands beside it. */
  badge?: Badge;
  /** Active only on the page itself, not on those below it. */
  isExact?: boolean;
}

export type Badge = "approvals";

export interface NavigationGroup {
  label?: string;
  items: readonly NavigationItem[];
}

/** The rail and the palette, in order. A page joins both by standing here. */
export const NAVIGATION: readonly NavigationGroup[] = [
  {
    items: [
      { label: "Overview", icon: IconHome, href: paths.overview, keywords: "home start connect chatgpt endpoint", isExact: true },
      { label: "Connections", icon: IconPlugConnected, href: paths.connections, keywords: "services servers tools mcp" },
      { label: "Toolsets", icon: IconStack2, href: paths.toolsets, keywords: "selection tools endpoint search find" },
      { label: "Policies", icon: IconShieldHalf, href: paths.policies, keywords: "rules governance deny allow limit redact" },
      {
        label: "Approvals",
        icon: IconChecklist,
        href: paths.approvals,
        keywords: "requests decide approve deny inbox waiting",
        badge: "approvals",
      },
      { label: "Usage", icon: IconChartBar, href: paths.usage, keywords: "costs spend calls errors latency report statistics" },
      { label: "Budgets", icon: IconWallet, href: paths.budgets, keywords: "prices limits costs money free unpriced" },
      { label: "Audit", icon: IconListSearch, href: paths.audit, keywords: "log calls trail history" },
      {
        label: "Authorized apps",
        icon: IconApps,
        href: paths.authorizations,
        keywords: "authorized oauth clients chatgpt revoke tokens",
      },
    ],
  },
  {
    label: "Settings",
    items: [
      {
        label: "Workspace",
        icon: IconAdjustments,
        href: paths.workspaceSettings,
        keywords: "settings name time zone self-approval",
      },
      { label: "Members", icon: IconUsers, href: paths.members, keywords: "people roles groups invite team" },
      {
        label: "Notifications",
        icon: IconBell,
        href: paths.notifications,
        keywords: "channels e-mail slack webhook alerts notices",
      },
      { label: "Profile", icon: IconUserCircle, href: paths.profile, keywords: "account name password sessions" },
    ],
  },
];
