import { expect, test } from "vitest";

import { connectionOf } from "@/testing/connections";

import { changeOf } from "./settingsEdits";

const CONNECTION = connectionOf();

test("only what differs is sent", () => {
  expect(changeOf(CONNECTION, { title: "Linear (prod)", url: CONNECTION.url })).toEqual({ title: "Linear (prod)" });
  expect(changeOf(CONNECTION, { secret: "new" })).toEqual({ secret: "new" });
});

test("typing something and taking it back is no change, nor is an empty key", () => {
  expect(changeOf(CONNECTION, { title: CONNECTION.title, secret: "" })).toBeUndefined();
});

test("what belongs to another way to sign in stays behind", () => {
  expect(changeOf(CONNECTION, { auth: "none", secret: "typed before", header_name: "X-Key" })).toEqual({ auth: "none" });
  expect(changeOf(CONNECTION, { auth: "header", secret: "key", header_name: "X-Key" })).toEqual({
    auth: "header",
    secret: "key",
    header_name: "X-Key",
  });
});
