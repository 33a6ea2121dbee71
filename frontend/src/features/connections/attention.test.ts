import { expect, test } from "vitest";

import { connectionOf } from "@/testing/connections";

import { matches, needsAttention, remark, summary, toolsThere } from "./attention";

const TOOLS = { active: 3, quarantined: 0, rejected: 0, gone: 2 };
const WELL = connectionOf();
const FAILING = connectionOf({ name: "vault", title: "Vault", state: "ERROR", reason: "vault asked for sign-in again (401)." });
const WAITING = connectionOf({ name: "billing", title: "Billing", tools: { ...TOOLS, quarantined: 1 } });
const OFF = connectionOf({ state: "DISABLED", reason: "An owner disabled it.", tools: { ...TOOLS, quarantined: 1 } });

test("a failing connection needs somebody, and so does a tool that waits; a disabled one is as it was wanted", () => {
  expect([WELL, FAILING, WAITING, OFF].map(needsAttention)).toEqual([false, true, true, false]);
  expect([WELL, FAILING, WAITING, OFF].map(remark)).toEqual([
    undefined,
    "Asked for sign-in again (401).",
    "1 tool waits for review",
    "An owner disabled it.",
  ]);
});

test("the list is summed up in a sentence", () => {
  expect(summary([WELL])).toBe("1 connection");
  expect(summary([WELL, FAILING])).toBe("2 connections, 1 needs attention");
  expect(summary([WAITING, FAILING, OFF])).toBe("3 connections, 2 need attention");
});

test("tools that are gone do not count", () => {
  expect(toolsThere({ ...TOOLS, rejected: 1 })).toBe(4);
});

test("those that need somebody are found at once, failing and waiting ones alike", () => {
  expect([WELL, FAILING, WAITING, OFF].map((one) => matches(one, { state: "attention" }))).toEqual([false, true, true, false]);
});

test("every word must be found, in name, title or address", () => {
  expect(matches(WELL, { find: "LINEAR mcp.linear" })).toBe(true);
  expect(matches(WELL, { find: "linear vault" })).toBe(false);
  expect(matches(WELL, {})).toBe(true);
});

test("filters hold together", () => {
  expect(matches(FAILING, { state: "ERROR" })).toBe(true);
  expect(matches(FAILING, { state: "ERROR", tools: "quarantined" })).toBe(false);
  expect(matches(WAITING, { tools: "quarantined" })).toBe(true);
  expect(matches(WAITING, { tools: "rejected" })).toBe(false);
});
