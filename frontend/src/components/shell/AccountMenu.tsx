import { Menu, UnstyledButton } from "@mantine/core";
import { IconLogout, IconUserCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { ServiceAvatar } from "../ui/ServiceAvatar";
import classes from "./AccountMenu.module.css";
import type { Person } from "./Shell";

export interface AccountMenuProps {
  person: Person;
  workspace: string;
  onSignOut: () => void;
}

export function AccountMenu({ person, workspace, onSignOut }: AccountMenuProps) {
  return (
    <Menu width={232}>
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <ServiceAvatar name={person.name} shape="round" />
          <span data-visually-hidden="">Account: {person.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.person}>
          <div className={classes.name}>{person.name}</div>
          <div className={classes.email}>{person.email}</div>
        </div>
        <Menu.Divider />
        <Menu.Item
          component={Link}
          to={paths.profile({ workspace })}
          leftSection={<IconUserCircle size={15} stroke={1.6} aria-hidden />}
        >
          Profile
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} stroke={1.6} aria-hidden />} onClick={onSignOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
