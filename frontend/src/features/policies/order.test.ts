import { expect, test } from "vitest";

import { policyOf } from "@/testing/policies";

import { moved } from "./order";

const everywhere = policyOf({ id: "o1", applies_to: "organization" });
const first = policyOf({ id: "w1" });
const second = policyOf({ id: "w2" });
const all = [everywhere, first, second];

test.each([
  ["w2", "up", ["o1", "w2", "w1"]],
  ["w1", "down", ["o1", "w2", "w1"]],
] as const)("%s moves %s by one place", (id, step, order) => {
  expect(moved(all, id, step)?.map((policy) => policy.id)).toEqual(order);
});

test.each([
  ["o1", "down"],
  ["w1", "up"],
  ["w2", "down"],
] as const)("%s cannot move %s out of its scope or the list", (id, step) => {
  expect(moved(all, id, step)).toBeUndefined();
});
