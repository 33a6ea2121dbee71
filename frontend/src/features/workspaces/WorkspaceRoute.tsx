import { getRouteApi, Outlet } from "@tanstack/react-router";
import { useEffect } from "react";

import { useLiveEvents } from "@/api/useLiveEvents";
import { Shell } from "@/components/shell/Shell";

import { useSession, useSignOut } from "../identity/session";
import { rememberWorkspace } from "./lastWorkspace";

/** Everything below `/w/{workspace}`: the shell, kept fresh by the workspace's events. */
export function WorkspaceRoute() {
  const { workspace } = getRouteApi("/w/$workspace").useLoaderData();
  const { user, workspaces } = useSession();
  const signOut = useSignOut();
  const live = useLiveEvents(workspace.slug);
  useEffect(() => {
    rememberWorkspace(workspace.slug);
  }, [workspace.slug]);
  if (!user) return null; // Signing out: the next page is on its way.
  return (
    <Shell person={user} workspace={workspace} workspaces={workspaces} live={live} onSignOut={() => void signOut()}>
      <Outlet />
    </Shell>
  );
}
