import type { TablerIcon } from "@tabler/icons-react";

import { NAVIGATION } from "./navigation";
import type { WorkspaceChoice } from "./Shell";

/** One thing the palette finds. */
export interface PaletteEntry {
  id: string;
  group: string;
  label: string;
  description?: string;
  keywords?: string;
  icon?: TablerIcon;
  href: string;
}

/** The pages of a workspace, as the rail has them. */
export function pageEntries(workspace: WorkspaceChoice): PaletteEntry[] {
  return NAVIGATION.flatMap((group) => group.items).map((item) => ({
    id: `page:${item.label}`,
    group: "Pages",
    label: item.label,
    keywords: item.keywords,
    icon: item.icon,
    href: item.href({ workspace: workspace.slug }),
  }));
}

/** Entries that hold every word of the query, those whose label starts with it first; in their groups' order. */
export function findEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [...entries];
  const words = wanted.split(/\s+/);
  const found = entries.filter((entry) => {
    const text = [entry.label, entry.description, entry.keywords].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = (entry: PaletteEntry) => (entry.label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.toSorted((a, b) => begins(a) - begins(b));
}
