import { expect, test } from "vitest";

import { findEntries, pageEntries, type PaletteEntry } from "./paletteEntries";

const ENTRIES: PaletteEntry[] = [
  ...pageEntries({ slug: "acme", name: "Acme", role: "owner" }),
  { id: "c:1", group: "Connections", label: "linear-prod", description: "Linear", href: "/w/acme/connections/linear-prod" },
  { id: "c:2", group: "Connections", label: "prod-audit-export", href: "/w/acme/connections/prod-audit-export" },
];

test("every page of the rail can be gone to", () => {
  expect(findEntries(ENTRIES, "").map(({ label }) => label)).toContain("Authorised apps");
  expect(findEntries(ENTRIES, "authorized")[0]?.href).toBe("/w/acme/authorizations");
});

test("what begins with the words comes first", () => {
  expect(findEntries(ENTRIES, "audit").map(({ label }) => label)).toEqual(["Audit", "prod-audit-export"]);
});

test("all words must be found, in any order", () => {
  expect(findEntries(ENTRIES, "prod linear").map(({ label }) => label)).toEqual(["linear-prod"]);
  expect(findEntries(ENTRIES, "prod nothing")).toEqual([]);
});
