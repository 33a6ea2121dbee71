import { Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

import type { LiveStatus } from "@/api/liveEvents";

import { OfflineBanner } from "../ui/OfflineBanner";
import type { PaletteEntry } from "./paletteEntries";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";
import { TopBar } from "./TopBar";

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
  onSignOut: () => void;
  children: ReactNode;
}

/** What stands around every page of a workspace: the rail, the top bar, the palette. */
export function Shell({ person, workspace, workspaces, live, paletteEntries = [], onSignOut, children }: ShellProps) {
  const [isMenuOpen, menu] = useDisclosure(false);
  const content = useContentFocus(menu.close);
  const rail = <Rail workspace={workspace} workspaces={workspaces} />;
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <div className={classes.side}>
        <div className={classes.rail}>{rail}</div>
      </div>
      <Drawer
        opened={isMenuOpen}
        onClose={menu.close}
        size="17rem"
        withCloseButton={false}
        padding={0}
        title="Menu"
        classNames={DRAWER}
      >
        {rail}
      </Drawer>
      <div className={classes.main}>
        <TopBar person={person} workspace={workspace} isMenuOpen={isMenuOpen} onMenu={menu.toggle} onSignOut={onSignOut} />
        <OfflineBanner live={live} />
        <main id="content" ref={content} tabIndex={-1} className={classes.content}>
          {children}
        </main>
      </div>
      <Palette workspace={workspace} entries={paletteEntries} />
    </div>
  );
}

const DRAWER = { header: classes.drawerHeader ?? "", body: classes.drawerBody ?? "" };

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
