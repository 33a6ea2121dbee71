import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { useRouterState } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";

import type { LiveStatus } from "@/api/liveEvents";

import { OfflineBanner } from "../ui/OfflineBanner";
import type { PaletteEntry } from "./paletteEntries";
import { type Badges, Rail } from "./Rail";
import classes from "./Shell.module.css";
import { TopBar } from "./TopBar";

/* Dialogs are heavy, and most visits end without either. */
const Palette = lazy(() => import("./Palette"));
const RailDrawer = lazy(() => import("./RailDrawer"));

export interface Person {
  name: string;
  email: string;
}

export interface WorkspaceChoice {
  slug: string;
  name: string;
  role: string;
}

export interface ShellProps {
  person: Person;
  workspace: WorkspaceChoice;
  workspaces: readonly WorkspaceChoice[];
  live?: LiveStatus;
  /** What the palette finds besides the pages: connections, tools. */
  paletteEntries?: readonly PaletteEntry[];
  badges?: Badges;
  onSignOut: () => void;
  children: ReactNode;
}

const NO_BADGES: Badges = {};

/** What stands around every page of a workspace: the rail, the top bar, the palette. */
export function Shell(props: ShellProps) {
  const { person, workspace, workspaces, live, paletteEntries = [], badges = NO_BADGES, onSignOut, children } = props;
  const [isMenuOpen, menu] = useDisclosure(false);
  const [searches, setSearches] = useState(0);
  const search = () => {
    setSearches((before) => before + 1);
  };
  useHotkeys([["mod+K", search]], []);
  const content = useContentFocus(menu.close);
  const rail = <Rail workspace={workspace} workspaces={workspaces} badges={badges} />;
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <div className={classes.side}>
        <div className={classes.rail}>{rail}</div>
      </div>
      {isMenuOpen && (
        <Suspense>
          <RailDrawer onClose={menu.close}>{rail}</RailDrawer>
        </Suspense>
      )}
      <div className={classes.main}>
        <TopBar
          person={person}
          workspace={workspace}
          isMenuOpen={isMenuOpen}
          onMenu={menu.toggle}
          onSearch={search}
          onSignOut={onSignOut}
        />
        <OfflineBanner live={live} />
        <main id="content" ref={content} tabIndex={-1} className={classes.content}>
          {children}
        </main>
      </div>
      {searches > 0 && (
        <Suspense>
          <Palette workspace={workspace} entries={paletteEntries} searches={searches} />
        </Suspense>
      )}
    </div>
  );
}

/** After a change of page the focus starts at its content, as after a full load; a change of filters alone leaves it where it is. */
function useContentFocus(onNavigate: () => void) {
  const content = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    content.current?.focus({ preventScroll: true });
    onNavigate();
  }, [pathname, onNavigate]);
  return content;
}
