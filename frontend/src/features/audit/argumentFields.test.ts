import { expect, test } from "vitest";

import { hasHidden } from "@/components/ui/invisible";

import { fieldsOf, simpleText } from "./argumentFields";

test("arguments become fields in the order in which they were sent", () => {
  expect(fieldsOf('{"title": "Fix login", "labels": ["bug"], "draft": true}')?.fields).toEqual([
    ["title", "Fix login"],
    ["labels", ["bug"]],
    ["draft", true],
  ]);
});

test("what is not an object has no fields", () => {
  expect(fieldsOf("[1]")).toBeUndefined();
  expect(fieldsOf("null")).toBeUndefined();
  expect(fieldsOf("{broken")).toBeUndefined();
});

test("what JavaScript would show otherwise than it was sent is not made into fields", () => {
  expect(fieldsOf('{"amount": 1, "amount": 1000}')).toBeUndefined();
  expect(fieldsOf('{"account": 12345678901234567890}')).toBeUndefined();
  expect(fieldsOf('{"text": "\\"amount\\": 12345678901234567890", "list": [{"a": 1.5e3}]}')).toBeDefined();
});

test("a hidden character is found wherever it stands, also behind an escape and in a name", () => {
  expect(hasHidden(fieldsOf('{"a": {"b": ["x\\u200by"]}}')?.allText ?? "")).toBe(true);
  expect(hasHidden(fieldsOf('{"a\\u202e": 1}')?.allText ?? "")).toBe(true);
  expect(hasHidden(fieldsOf('{"a": "plain"}')?.allText ?? "")).toBe(false);
});

test("simple values read as text, structures do not", () => {
  expect(simpleText(true)).toBe("true");
  expect(simpleText(null)).toBe("null");
  expect(simpleText(["bug", "login"])).toBe("bug, login");
  expect(simpleText([])).toBe("none");
  expect(simpleText({ a: 1 })).toBeUndefined();
  expect(simpleText([{ a: 1 }])).toBeUndefined();
});
