import { expect, test } from "vitest";

import { channelOf } from "@/testing/notices";

import { changeOf, draftOf, missingOf, newChannelOf } from "./channelDraft";

test("a stored address and secret stay as they are when their fields are left empty", () => {
  expect(changeOf(draftOf(channelOf()))).toEqual({ name: "Team chat", topics: ["approvals"] });
});

test("addresses are taken from lines and commas", () => {
  const draft = { ...draftOf(undefined), name: "Mail", kind: "email", addresses: "a@example.com,\nb@example.com" } as const;
  expect(newChannelOf({ ...draft, topics: ["budgets"] })).toEqual({
    name: "Mail",
    kind: "email",
    topics: ["budgets"],
    addresses: ["a@example.com", "b@example.com"],
  });
});

test("a new channel needs an address, one that is changed does not", () => {
  expect(Object.keys(missingOf({ ...draftOf(undefined), topics: [] }, true))).toEqual(["name", "topics", "url"]);
  expect(missingOf(draftOf(channelOf()), false)).toEqual({});
});
