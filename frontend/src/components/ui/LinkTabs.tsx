import { Link } from "@tanstack/react-router";

import classes from "./LinkTabs.module.css";

export interface LinkTab {
  /** As the address has it under `tab`; the first tab needs none. */
  value: string | undefined;
  label: string;
  /** How many things it holds. */
  count?: number | undefined;
}

/** Without this the first tab, which has no `tab` in its address, would count as active on every other one. */
const ACTIVE = { explicitUndefined: true };

export interface LinkTabsProps {
  /** What they are the parts of: "Connection". */
  name: string;
  /** The page's own path. */
  href: string;
  tabs: readonly LinkTab[];
  current: string | undefined;
}

/** Parts of one page, each with its own address (`?tab=…`). What was filtered in one part does not follow into the next. */
export function LinkTabs({ name, href, tabs, current }: LinkTabsProps) {
  return (
    <nav className={classes.tabs} aria-label={name}>
      {tabs.map(({ value, label, count }) => (
        <Link
          key={label}
          to={href}
          search={{ tab: value }}
          resetScroll={false}
          activeOptions={ACTIVE}
          className={classes.tab}
          aria-current={value === current ? "page" : undefined}
        >
          {label}
          {count !== undefined && <span className={classes.count}>{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
