import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { Mark } from "../Mark";
import { NAVIGATION, type NavigationItem } from "./navigation";
import classes from "./Rail.module.css";
import type { WorkspaceChoice } from "./Shell";
import { WorkspaceSwitcher } from "./WorkspaceSwitcher";

export interface RailProps {
  workspace: WorkspaceChoice;
  workspaces: readonly WorkspaceChoice[];
}

export function Rail({ workspace, workspaces }: RailProps) {
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
              <RailLink key={item.label} item={item} workspace={workspace.slug} />
            ))}
          </div>
        ))}
      </div>
    </nav>
  );
}

function RailLink({ item, workspace }: { item: NavigationItem; workspace: string }) {
  const Icon = item.icon;
  return (
    <Link
      to={item.href({ workspace })}
      className={classes.link}
      activeOptions={{ exact: item.isExact ?? false, includeSearch: false }}
    >
      <Icon size={16} stroke={1.6} aria-hidden />
      {item.label}
    </Link>
  );
}
