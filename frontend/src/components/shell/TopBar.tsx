import { Burger, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { Mark } from "../Mark";
import { AccountMenu } from "./AccountMenu";
import type { Person, WorkspaceChoice } from "./Shell";
import { ThemeToggle } from "./ThemeToggle";
import classes from "./TopBar.module.css";

export interface TopBarProps {
  person: Person;
  workspace: WorkspaceChoice;
  isMenuOpen: boolean;
  onMenu: () => void;
  onSearch: () => void;
  onSignOut: () => void;
}

export function TopBar({ person, workspace, isMenuOpen, onMenu, onSearch, onSignOut }: TopBarProps) {
  return (
    <header className={classes.bar}>
      <div className={classes.narrow}>
        <Burger opened={isMenuOpen} onClick={onMenu} size="xs" aria-label="Menu" aria-expanded={isMenuOpen} />
        <Link to={paths.overview({ workspace: workspace.slug })} className={classes.brand} aria-label="Conducktor, overview">
          <Mark size={20} />
        </Link>
      </div>
      <div className={classes.tools}>
        <UnstyledButton className={classes.search} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
          <IconSearch size={15} stroke={1.75} aria-hidden />
          <span className={classes.searchWord}>Search</span>
          <kbd className={classes.keys} aria-hidden>
            {IS_APPLE ? "⌘K" : "Ctrl K"}
          </kbd>
        </UnstyledButton>
        <ThemeToggle />
        <AccountMenu person={person} workspace={workspace.slug} onSignOut={onSignOut} />
      </div>
    </header>
  );
}

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
