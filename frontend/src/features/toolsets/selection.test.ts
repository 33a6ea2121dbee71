import { expect, test } from "vitest";

import { found, notOffered, takenIn, withTools } from "./selection";

const line = (full_name: string, operation_class: "read" | "write") => ({
  full_name,
  connection: full_name.split("_")[0]!,
  operation_class,
  title: null,
  summary: `Does ${full_name}`,
  tokens: 10,
});
const tools = [line("linear_search", "read"), line("linear_create", "write"), line("github_list", "read")];
const reads = { tools: [], rules: [{ connections: [], tools: [], classes: ["read" as const] }], left_out: [] };
const names = (selection: typeof reads | Parameters<typeof takenIn>[0]) =>
  takenIn(selection, tools).map(({ full_name: name }) => name);

test("a tool that a rule takes is left out, and comes back without being picked", () => {
  const without = withTools(reads, ["linear_search"], false, tools);
  expect(without).toMatchObject({ tools: [], left_out: ["linear_search"] });
  expect(names(without)).toEqual(["github_list"]);
  expect(withTools(without, ["linear_search"], true, tools)).toEqual(reads);
});

test("a tool that no rule takes is picked, and dropped again", () => {
  const picked = withTools(reads, ["linear_create"], true, tools);
  expect(picked.tools).toEqual(["linear_create"]);
  expect(names(picked)).toHaveLength(3);
  expect(withTools(picked, ["linear_create"], false, tools)).toEqual(reads);
});

test("all words of a search must occur", () => {
  expect(found(tools, "LINEAR does").map(({ full_name: name }) => name)).toEqual(["linear_search", "linear_create"]);
  expect(found(tools, "linear xylophone")).toEqual([]);
});

test("what was picked and is not offered now is told apart, and can be taken out", () => {
  const picked = { ...reads, tools: ["linear_create", "stripe_refund"] };
  expect(notOffered(picked, tools)).toEqual(["stripe_refund"]);
  expect(withTools(picked, ["stripe_refund"], false, tools).tools).toEqual(["linear_create"]);
});
