import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { Mark } from "../Mark";
import { type Badge, NAVIGATION, type NavigationItem } from "./navigation";
import classes from "./Rail.module.css";
import type { WorkspaceChoice } from "./Shell";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher";

export interface RailProps {
  workspace: WorkspaceChoice;
  workspaces: readonly WorkspaceChoice[];
  /** How much waits where; nothing stands where nothing does. */
  badges: Badges;
}

export type Badges = Readonly<Partial<Record<Badge, number>>>;

export function Rail({ workspace, workspaces, badges }: RailProps) {
  return (
    <nav className={classes.rail} aria-label="Workspace">
      <Link to={paths.overview({ workspace: workspace.slug })} className={classes.brand}>
        <Mark />
        Conducktor
      </Link>
      <WorkspaceSwitcher workspace={workspace} workspaces={workspaces} />
      <div className={classes.nav}>
        {NAVIGATION.map((group, index) => (
          <div key={group.label ?? index} className={classes.group}>
            {group.label !== undefined && <div className={classes.label}>{group.label}</div>}
            {group.items.map((item) => (
              <RailLink key={item.label} item={item} workspace={workspace.slug} badges={badges} />
            ))}
          </div>
        ))}
      </div>
    </nav>
  );
}

function RailLink({ item, workspace, badges }: { item: NavigationItem; workspace: string; badges: Badges }) {
  const Icon = item.icon;
  const count = item.badge && badges[item.badge];
  return (
    <Link
      to={item.href({ workspace })}
      className={classes.link}
      activeOptions={{ exact: item.isExact ?? false, includeSearch: false }}
    >
      <Icon size={16} stroke={1.6} aria-hidden />
      {item.label}
      {count !== undefined && count > 0 && (
        <span className={classes.badge}>
          {count > BADGE_MAX ? `${String(BADGE_MAX)}+` : count}
          <span data-visually-hidden=""> waiting</span>
        </span>
      )}
    </Link>
  );
}

const BADGE_MAX = 99;
