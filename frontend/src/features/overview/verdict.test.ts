import { expect, test } from "vitest";

import { verdictOf } from "./verdict";

const tools = { active: 3, gone: 0, quarantined: 0, rejected: 0 };
const of = (state: "ACTIVE" | "ERROR" | "DISABLED" | "PENDING", quarantined = 0) => ({ state, tools: { ...tools, quarantined } });

test("all is well when what should work works", () => {
  expect(verdictOf([of("ACTIVE"), of("ACTIVE"), of("DISABLED")])).toEqual({
    tone: "ok",
    title: "All connections work",
    detail: "2 of 3 active, 1 disabled",
  });
});

test("a connection in error is bad, tools that wait for review are a warning", () => {
  expect(verdictOf([of("ACTIVE"), of("ERROR")])).toMatchObject({ tone: "bad", title: "1 connection needs attention" });
  expect(verdictOf([of("ACTIVE", 2), of("ACTIVE", 1)])).toMatchObject({ tone: "warn", title: "2 connections need attention" });
});

test("with everything switched off nothing is wrong, but nothing works either", () => {
  expect(verdictOf([of("DISABLED")])).toMatchObject({ tone: "quiet", title: "No connection is active" });
});
