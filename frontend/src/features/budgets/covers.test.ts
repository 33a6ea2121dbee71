import { expect, test } from "vitest";

import { coversCall, matches } from "./covers";
import { EVERYTHING, type Scope } from "./scope";

const CALL = { connection: "linear-prod", full_name: "linear-prod_create_issue", requester_id: "1" };

function of(covers: Partial<Scope>, isEnabled = true) {
  return { is_enabled: isEnabled, covers: { ...EVERYTHING, ...covers } as { [Key in keyof Scope]: unknown[] } };
}

test("a budget without limits to its scope counts every call, but not while it is off", () => {
  expect(coversCall(of({}), CALL)).toBe(true);
  expect(coversCall(of({}, false), CALL)).toBe(false);
});

test("all that is given must hold together", () => {
  expect(coversCall(of({ connections: ["linear-prod"], tools: ["linear-prod_create_*"] }), CALL)).toBe(true);
  expect(coversCall(of({ connections: ["linear-prod"], people: ["2"] }), CALL)).toBe(false);
  expect(coversCall(of({ tools: ["github_*"] }), CALL)).toBe(false);
});

test.each([
  ["linear_*", "linear_create", true],
  ["linear_*", "linearXcreate", false],
  ["a.b", "aXb", false],
  ["tool_?", "tool_1", true],
  ["tool_[!1]", "tool_1", false],
  ["tool_[12]", "tool_1", true],
  ["(", "(", true],
])("the pattern %s and %s", (pattern, name, isMatch) => {
  expect(matches(pattern, name)).toBe(isMatch);
});
