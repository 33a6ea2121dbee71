import { expect, test } from "vitest";

import { paths, safeNext } from "./paths";

test("names are encoded into addresses", () => {
  expect(paths.connection({ workspace: "engineering", connection: "a/b" })).toBe("/w/engineering/connections/a%2Fb");
  expect(paths.signIn("/w/engineering/audit?tool=a&x=1")).toBe("/sign-in?next=%2Fw%2Fengineering%2Faudit%3Ftool%3Da%26x%3D1");
});

test.each([
  "//evil.example.com",
  "/\\evil.example.com",
  "https://evil.example.com",
  "javascript:alert(1)",
  "/\t/evil.example.com",
  "",
  undefined,
])("after signing in nobody is sent to %j", (next) => {
  expect(safeNext(next)).toBe("/");
});

test("after signing in one goes on where one was going", () => {
  expect(safeNext("/oauth/consent?request=abc")).toBe("/oauth/consent?request=abc");
});
