import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api } from "@/api/client";
import { paths } from "@/paths";

import { refreshSession, useSession } from "../identity/session";
import { NewWorkspacePage } from "./NewWorkspacePage";

export function NewWorkspaceRoute() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { workspaces } = useSession();
  return (
    <NewWorkspacePage
      isFirst={workspaces.length === 0}
      onCreate={async (body) => {
        const { data } = await api.POST("/api/workspaces", { body });
        await refreshSession(queryClient);
        await navigate({ to: data ? paths.overview({ workspace: data.slug }) : paths.home() });
      }}
    />
  );
}
