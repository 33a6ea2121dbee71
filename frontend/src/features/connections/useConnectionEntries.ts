import { IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import type { PaletteEntry } from "@/components/shell/paletteEntries";
import { paths } from "@/paths";

import { connectionsQuery } from "./connectionQueries";

/** The workspace's connections for the palette; none as long as they are not there. */
export function useConnectionEntries(workspace: string): readonly PaletteEntry[] {
  const { data } = useQuery(connectionsQuery(workspace));
  return (data?.items ?? []).map(({ name, title, service }) => ({
    id: `connection:${name}`,
    group: "Connections",
    label: title,
    description: name,
    keywords: `${name} ${service ?? ""}`,
    icon: IconPlugConnected,
    href: paths.connection({ workspace, connection: name }),
  }));
}
