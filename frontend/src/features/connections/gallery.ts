import type { CatalogEntryView } from "@/api/generated/schema";

export interface Shelf {
  title: string;
  entries: readonly CatalogEntryView[];
  /** The card for any other server stands first here. */
  hasCustomServer: boolean;
}

const SANDBOX = "Sandbox";

/** What can be tried at once, what can be connected, and what cannot be yet; each in the server's order. */
export function shelvesOf(entries: readonly CatalogEntryView[]): Shelf[] {
  const sandbox = entries.filter(({ category }) => category === SANDBOX);
  const services = entries.filter(({ category }) => category !== SANDBOX);
  const shelves = [
    { title: "Sandbox: try everything without an account", entries: sandbox, hasCustomServer: false },
    { title: "Ready to connect", entries: services.filter(({ is_available: can }) => can), hasCustomServer: services.length > 0 },
    { title: "Not possible yet", entries: services.filter(({ is_available: can }) => !can), hasCustomServer: false },
  ];
  return shelves.filter(({ entries: shown, hasCustomServer }) => shown.length > 0 || hasCustomServer);
}

/** What a person must bring to connect it, in a word or two. */
export function needOf({ needs, auth_options: options }: Pick<CatalogEntryView, "needs" | "auth_options">): string {
  if (needs === "nothing") return options.length > 1 ? "Key optional" : "No sign-in";
  return needs === "key" ? "Needs a key" : "Signs in with OAuth";
}
