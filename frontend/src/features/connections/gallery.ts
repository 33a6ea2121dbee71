import type { CatalogEntryView, Needs } from "@/api/generated/schema";

export interface Shelf {
  title: string;
  entries: readonly CatalogEntryView[];
  /** The card for any other server stands first here. */
  hasCustomServer: boolean;
}

/** What is looked for in the gallery, as it stands in the address. */
export interface Sought {
  search?: string | undefined;
  category?: string | undefined;
  needs?: string | undefined;
}

const SANDBOX = "Sandbox";

/** What a person must bring, as the filters name it: several of the server's words may mean the same work. */
export const EFFORTS: readonly { value: string; label: string; needs: readonly Needs[] }[] = [
  { value: "nothing", label: "Works out of the box", needs: ["nothing", "sign_in"] },
  { value: "client", label: "Needs a client ID", needs: ["client"] },
  { value: "key", label: "Needs a key", needs: ["key"] },
];

/** Every word must occur; a title that begins with what was typed comes first. In the server's order otherwise. */
export function found(entries: readonly CatalogEntryView[], { search, category, needs }: Sought): readonly CatalogEntryView[] {
  const typed = (search ?? "").trim().toLowerCase();
  const words = typed.split(/\s+/).filter(Boolean);
  const effort = EFFORTS.find(({ value }) => value === needs);
  const matching = entries.filter(
    (entry) =>
      (category === undefined || entry.category === category) &&
      (effort === undefined || effort.needs.includes(entry.needs)) &&
      words.every((word) => haystackOf(entry).includes(word)),
  );
  if (typed === "") return matching;
  const begins = (entry: CatalogEntryView) => (entry.title.toLowerCase().startsWith(typed) ? 0 : 1);
  return matching.toSorted((one, other) => begins(one) - begins(other));
}

/** How many there are in each category, in the order in which they stand in the whole gallery. */
export function categoriesOf(
  entries: readonly CatalogEntryView[],
  all: readonly string[],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>(all.map((category) => [category, 0]));
  for (const { category } of entries) counts.set(category, (counts.get(category) ?? 0) + 1);
  return [...counts];
}

/** What can be tried at once, what can be connected, and what cannot be yet; each in the given order. */
export function shelvesOf(entries: readonly CatalogEntryView[]): Shelf[] {
  const sandbox = entries.filter(({ category }) => category === SANDBOX);
  const services = entries.filter(({ category }) => category !== SANDBOX);
  const shelves = [
    { title: "Sandbox: try everything without an account", entries: sandbox, hasCustomServer: false },
    { title: "Services", entries: services.filter(({ is_available: can }) => can), hasCustomServer: services.length > 0 },
    { title: "Not possible yet", entries: services.filter(({ is_available: can }) => !can), hasCustomServer: false },
  ];
  return shelves.filter(({ entries: shown, hasCustomServer }) => shown.length > 0 || hasCustomServer);
}

/** What a person must bring to connect it, in a few words. */
export function needOf({ needs, auth_options: options }: Pick<CatalogEntryView, "needs" | "auth_options">): string {
  if (needs === "nothing") return options.length > 1 ? "No sign-in, key optional" : "No sign-in";
  return NEEDS[needs];
}

const NEEDS: Record<Exclude<Needs, "nothing">, string> = {
  sign_in: "Sign in with an account",
  client: "Needs a client ID",
  key: "Needs a key",
  unknown: "Asks when connecting",
};

function haystackOf({ title, id, description, category }: CatalogEntryView): string {
  return `${title} ${id} ${description} ${category}`.toLowerCase();
}
