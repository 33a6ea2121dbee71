import { expect, test } from "vitest";

import { matches, toolsIn } from "./toolPattern";

test.each([
  ["linear-prod_create_issue", "linear-prod_create_issue", true],
  ["linear-*_create_*", "linear-prod_create_issue", true],
  ["linear-*_create_*", "Linear-prod_create_issue", false],
  ["*_get_?", "a_get_b", true],
  ["*_get_?", "a_get_bc", false],
  ["a.b", "axb", false],
  ["[gs]et_*", "set_x", true],
  ["[!gs]et_*", "set_x", false],
  ["[a-c]1", "b1", true],
  ["[z-a]1", "z1", false],
  ["open[", "open[", true],
  ["a(b)+c", "a(b)+c", true],
])("the pattern %s for %s: %s", (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

const told = { title: null, summary: null, tokens: 50 };
const tools = [
  { full_name: "linear-prod_create_issue", connection: "linear-prod", operation_class: "write" as const, ...told },
  { full_name: "linear-prod_search_issues", connection: "linear-prod", operation_class: "read" as const, ...told },
  { full_name: "github-main_list_repos", connection: "github-main", operation_class: "read" as const, ...told },
];

test("all lists that are not empty must agree", () => {
  const names = (scope: Parameters<typeof toolsIn>[0]) => toolsIn(scope, tools).map(({ full_name: name }) => name);

  expect(names({ connections: [], tools: [], classes: [] })).toHaveLength(3);
  expect(names({ connections: ["linear-prod"], tools: [], classes: ["read"] })).toEqual(["linear-prod_search_issues"]);
  expect(names({ connections: ["github-main"], tools: ["linear-*"], classes: [] })).toEqual([]);
});
