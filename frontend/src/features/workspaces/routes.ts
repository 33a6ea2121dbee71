import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { begin, requireSession, root, workspace } from "@/routing";

import { settingsQuery } from "./settingsQueries";

const newWorkspace = createRoute({
  getParentRoute: () => root,
  path: "/new-workspace",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("./NewWorkspaceRoute"), "NewWorkspaceRoute"),
});

const workspaceSettings = createRoute({
  getParentRoute: () => workspace,
  path: "settings/workspace",
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(settingsQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./SettingsPage"), "SettingsPage"),
});

const members = createRoute({
  getParentRoute: () => workspace,
  path: "settings/members",
  component: lazyRouteComponent(() => import("./MembersPage"), "MembersPage"),
});

export const workspacesRootRoutes = [newWorkspace] as const;
export const workspacesRoutes = [workspaceSettings, members] as const;
