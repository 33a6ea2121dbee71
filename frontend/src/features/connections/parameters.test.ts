import { expect, test } from "vitest";

import { parametersOf } from "./parameters";

test("arguments are told in words, with what is required", () => {
  const schema = {
    type: "object",
    required: ["query"],
    properties: {
      query: { type: "string", description: "Words to look for." },
      state: { enum: ["open", "closed", null] },
      limit: { type: ["integer", "null"] },
      labels: { type: "array", items: { type: "string" } },
      due: { anyOf: [{ type: "string" }, { type: "null" }] },
      kind: { const: "issue" },
      nested: { type: "object", properties: { a: {} } },
      anything: true,
    },
  };

  expect(parametersOf(schema).map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([
    ["query", "text", true],
    ["state", "one of: open, closed, null", false],
    ["limit", "whole number or nothing", false],
    ["labels", "list of text", false],
    ["due", "text or nothing", false],
    ["kind", '"issue"', false],
    ["nested", "object", false],
    ["anything", "anything", false],
  ]);
  expect(parametersOf(schema)[0]?.description).toBe("Words to look for.");
});

test("many choices are counted, not listed", () => {
  const choices = Array.from({ length: 15 }, (_, index) => `c${String(index)}`);

  expect(parametersOf({ properties: { c: { enum: choices } } })[0]?.type).toMatch(/^one of: c0, .*c11 and 3 more$/);
});

test.each([[undefined], [null], ["text"], [[]], [{ properties: [] }], [{ properties: "no" }], [{ required: "no" }]])(
  "a schema that is none has no arguments: %j",
  (schema) => {
    expect(parametersOf(schema)).toEqual([]);
  },
);
