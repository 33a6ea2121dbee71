import { expect, test } from "vitest";

import { deedOf, titleOf } from "./deeds";

const CALL = { kind: "call", connection: "linear-prod", tool: "create_issue" } as const;

test("a call is named as ChatGPT knows it, a resource by its own address", () => {
  expect(titleOf({ ...CALL, method: "tools/call" })).toBe("linear-prod_create_issue");
  expect(titleOf({ ...CALL, method: "resources/read", tool: "notes://1" })).toBe("notes://1");
});

test("what is no use of the thing itself says so", () => {
  expect(titleOf({ ...CALL, method: "tasks/get" })).toBe("linear-prod_create_issue (answer)");
  expect(titleOf({ ...CALL, method: "resources/subscribe", tool: "notes://1" })).toBe("notes://1 (subscription)");
  expect(titleOf({ ...CALL, method: "completion/complete", tool: "notes://{id}" })).toBe("notes://{id} (suggestions)");
});

test("a change that has no words yet is shown by its name", () => {
  expect(deedOf("toolsets.create")).toBe("Made a toolset");
  expect(deedOf("things.do")).toBe("things.do");
});
