import { expect, test } from "vitest";

import { findEntries, pageEntries, type PaletteEntry } from "./paletteEntries";

const ENTRIES: PaletteEntry[] = [
  ...pageEntries({ slug: "engineering", name: "Engineering", role: "owner" }),
  {
    id: "c:1",
    group: "Connections",
    label: "linear-prod",
    description: "Linear",
    href: "/w/engineering/connections/linear-prod",
  },
  { id: "c:2", group: "Connections", label: "prod-audit-export", href: "/w/engineering/connections/prod-audit-export" },
];

test("every page of the rail can be gone to", () => {
  expect(findEntries(ENTRIES, "").map(({ label }) => label)).toContain("Authorized apps");
  expect(findEntries(ENTRIES, "authorized")[0]?.href).toBe("/w/engineering/authorizations");
});

test("what begins with the words comes first", () => {
  expect(findEntries(ENTRIES, "audit").map(({ label }) => label)).toEqual(["Audit", "prod-audit-export"]);
});

test("all words must be found, in any order", () => {
  expect(findEntries(ENTRIES, "prod linear").map(({ label }) => label)).toEqual(["linear-prod"]);
  expect(findEntries(ENTRIES, "prod nothing")).toEqual([]);
});
