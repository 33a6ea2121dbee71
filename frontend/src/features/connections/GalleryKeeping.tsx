import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { queries } from "@/api/client";
import type { CatalogEntryView } from "@/api/generated/schema";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";

interface OfEntry {
  entry: CatalogEntryView;
}

/** Takes a service out of this workspace's gallery, or puts it back. */
export function VisibilityButton({ entry }: OfEntry) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const change = queries.useMutation("put", "/api/workspaces/{workspace}/catalog/{service}/visibility", {
    onSuccess: () => refreshConnections(queryClient, slug),
  });
  return (
    <Button
      variant="default"
      loading={change.isPending}
      onClick={() => {
        change.mutate({ params: { path: { workspace: slug, service: entry.id } }, body: { is_hidden: !entry.is_hidden } });
      }}
    >
      {entry.is_hidden ? "Show in the gallery again" : "Hide from the gallery"}
    </Button>
  );
}

/** Forgets an imported service; connections to it stay. */
export function RemoveButton({ entry }: OfEntry) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = queries.useMutation("delete", "/api/workspaces/{workspace}/catalog/{service}", {
    onSuccess: async () => {
      await navigate({ to: paths.newConnection({ workspace: slug }) });
      await refreshConnections(queryClient, slug);
    },
  });
  return (
    <Button
      variant="default"
      loading={remove.isPending}
      onClick={() => {
        remove.mutate({ params: { path: { workspace: slug, service: entry.id } } });
      }}
    >
      Remove from the gallery
    </Button>
  );
}
