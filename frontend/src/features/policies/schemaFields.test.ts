import { expect, test } from "vitest";

import { kinds } from "@/testing/policies";

import { defaultsOf, fieldsOf } from "./schemaFields";

const schemaOf = (kind: string) => kinds.find((one) => one.kind === kind)?.schema;

test("each property becomes an input of its own kind, in the order of the schema", () => {
  const shapes = kinds.flatMap(({ schema }) => fieldsOf(schema)).map(({ name, type }) => [name, type]);

  expect(shapes).toEqual([
    ["approvers", "approvers"],
    ["wait_s", "number"],
    ["reason", "text"],
    ["amount_usd", "number"],
    ["period", "choice"],
    ["what", "choices"],
    ["in_results", "switch"],
    ["tools", "patterns"],
  ]);
});

test("bounds, lengths and what must be filled in follow the schema", () => {
  const [, wait, reason] = fieldsOf(schemaOf("require_approval"));
  const [amount] = fieldsOf(schemaOf("budget_limit"));

  expect(wait).toMatchObject({ label: "Wait (seconds)", description: "0: not at all.", isWhole: true, min: 0, max: 40 });
  expect(reason).toMatchObject({ isLong: true, maxLength: 500, isRequired: false });
  expect(amount).toMatchObject({ isRequired: true, isWhole: false, min: 0, max: undefined });
});

test("choices stand in the order in which people say them", () => {
  const [, period] = fieldsOf(schemaOf("budget_limit"));

  expect(period).toMatchObject({
    choices: [
      { value: "day", label: "Day" },
      { value: "week", label: "Week" },
      { value: "month", label: "Month" },
    ],
  });
});

test("a kind that was added later is drawn as well", () => {
  const fields = fieldsOf({ properties: { quiet_hours: { type: "object", properties: { begin_at: { type: "string" } } } } });

  expect(fields).toMatchObject([{ label: "Quiet hours", type: "part", fields: [{ label: "Begin at", type: "text" }] }]);
});

test("a new policy begins with the defaults, and leaves what has none open", () => {
  expect(defaultsOf(schemaOf("budget_limit"))).toEqual({ period: "month" });
});
