import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { ServiceAvatar } from "../ui/ServiceAvatar";
import type { WorkspaceChoice } from "./Shell";
import classes from "./WorkspaceSwitcher.module.css";

export interface WorkspaceSwitcherProps {
  workspace: WorkspaceChoice;
  workspaces: readonly WorkspaceChoice[];
}

/** Where one is, and the other places one may be. */
export function WorkspaceSwitcher({ workspace, workspaces }: WorkspaceSwitcherProps) {
  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <ServiceAvatar name={workspace.name} />
          <span className={classes.name}>{workspace.name}</span>
          <span data-visually-hidden="">, switch workspace</span>
          <IconSelector size={14} stroke={1.75} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map((choice) => (
          <Menu.Item
            key={choice.slug}
            component={Link}
            to={paths.overview({ workspace: choice.slug })}
            leftSection={<ServiceAvatar name={choice.name} size="sm" />}
            rightSection={choice.slug === workspace.slug && <IconCheck size={14} aria-label="current" />}
          >
            <span className={classes.choice}>{choice.name}</span>
            <span className={classes.role}>{choice.role}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
