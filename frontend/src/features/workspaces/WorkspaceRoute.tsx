import { getRouteApi, Navigate, Outlet, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useLiveEvents } from "@/api/useLiveEvents";
import { Shell } from "@/components/shell/Shell";
import { paths } from "@/paths";

import { useApprovalBadge } from "../approvals/useApprovalBadge";
import { useConnectionEntries } from "../connections/useConnectionEntries";
import { useSession, useSignOut } from "../identity/session";
import { rememberWorkspace } from "./lastWorkspace";
import { NoLongerMember } from "./NoLongerMember";

/** Everything below `/w/{workspace}`: the shell, kept fresh by the workspace's events. */
export function WorkspaceRoute() {
  const { workspace } = getRouteApi("/w/$workspace").useLoaderData();
  const { user, workspaces } = useSession();
  const signOut = useSignOut();
  const live = useLiveEvents(workspace.slug);
  const connections = useConnectionEntries(workspace.slug);
  const badges = useApprovalBadge(workspace.slug);
  useEffect(() => {
    rememberWorkspace(workspace.slug);
  }, [workspace.slug]);
  if (!user) return <SignedOut />;
  const joined = workspaces.find(({ slug }) => slug === workspace.slug);
  if (!joined) return <NoLongerMember workspace={workspace.name} />;
  return (
    <Shell
      person={user}
      workspace={joined}
      workspaces={workspaces}
      live={live}
      paletteEntries={connections}
      badges={badges}
      onSignOut={() => void signOut()}
    >
      <Outlet />
    </Shell>
  );
}

/** The session ended in another window: sign in, then come back to this very page. */
function SignedOut() {
  const router = useRouter();
  const [here] = useState(() => router.state.location.href); // fixed, because it changes while the sign-in page is on its way
  return <Navigate to={paths.signIn(here)} replace />;
}
