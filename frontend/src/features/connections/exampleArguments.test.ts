import { expect, test } from "vitest";

import { argumentsIn, exampleArguments } from "./exampleArguments";

test("what is required stands there with a value of its type", () => {
  const schema = {
    type: "object",
    properties: {
      title: { type: "string" },
      estimate: { type: ["integer", "null"] },
      priority: { enum: ["low", "high"] },
      note: { type: "string" },
    },
    required: ["title", "estimate", "priority"],
  };

  expect(JSON.parse(exampleArguments(schema))).toEqual({ title: "", estimate: 0, priority: "low" });
});

test("a tool without arguments begins with an empty object", () => {
  expect(exampleArguments(undefined)).toBe("{}");
});

test("what is not an object is said, and nothing typed means no arguments", () => {
  expect(argumentsIn('{"a": 1}')).toEqual({ arguments: { a: 1 } });
  expect(argumentsIn(" ")).toEqual({ arguments: {} });
  expect(argumentsIn("[1]")).toHaveProperty("fault");
  expect(argumentsIn("{")).toHaveProperty("fault", expect.stringContaining("not JSON"));
});
