import { expect, test } from "vitest";

import type { CatalogEntryView } from "@/api/generated/schema";

import { authOptions, emptyWish, missingIn, requestOf, troubleWithName } from "./wish";

const SNOWFLAKE: CatalogEntryView = {
  id: "snowflake",
  title: "Snowflake",
  description: "SQL.",
  category: "Databases and data",
  homepage: null,
  docs: null,
  url: "https://{account}.example.com/mcp",
  transport: "streamable_http",
  variables: [{ name: "account", description: "Account identifier", default: null, choices: [], is_required: true }],
  needs: "key",
  auth_options: ["header", "none", "bearer"],
  header_name: "X-Api-Key",
  is_available: true,
  unavailable_reason: null,
  is_doubtful: false,
  notes: null,
  suggested_name: "snowflake-2",
  connected_as: ["snowflake"],
};

test("a service brings its name, title and easiest sign-in", () => {
  expect(authOptions(SNOWFLAKE)).toEqual(["none", "bearer", "header"]);
  expect(emptyWish(SNOWFLAKE)).toMatchObject({
    name: "snowflake-2",
    title: "Snowflake",
    auth: "none",
    header_name: "X-Api-Key",
    variables: { account: "" },
  });
});

test("a service is asked for by its id, a custom server by its address", () => {
  const wish = { ...emptyWish(SNOWFLAKE), variables: { account: "engineering" } };

  expect(requestOf(wish, SNOWFLAKE)).toEqual({
    name: "snowflake-2",
    title: "Snowflake",
    service: "snowflake",
    variables: { account: "engineering" },
    auth: "none",
  });
  expect(requestOf({ ...emptyWish(undefined), name: " own ", url: " https://mcp.example.com " }, undefined)).toEqual({
    name: "own",
    title: null,
    url: "https://mcp.example.com",
    transport: "streamable_http",
    auth: "none",
  });
});

test("a key that was typed before is not sent once no sign-in is chosen", () => {
  const typed = { ...emptyWish(undefined), name: "own", url: "https://mcp.example.com", secret: "s3cret", header_name: "X-Key" };

  expect(requestOf({ ...typed, auth: "none" }, undefined)).not.toHaveProperty("secret");
  expect(requestOf({ ...typed, auth: "bearer" }, undefined)).toMatchObject({ secret: "s3cret" });
  expect(requestOf({ ...typed, auth: "bearer" }, undefined)).not.toHaveProperty("header_name");
  expect(requestOf({ ...typed, auth: "header" }, undefined)).toMatchObject({ header_name: "X-Key", secret: "s3cret" });
});

test("everything that is missing is said at once", () => {
  const wish = { ...emptyWish(undefined), auth: "header" as const };

  expect(Object.keys(missingIn(wish, undefined))).toEqual(["name", "url", "header_name", "secret"]);
  expect(missingIn(emptyWish(SNOWFLAKE), SNOWFLAKE)).toEqual({ "variables.account": "Please fill in: Account identifier." });
});

test.each(["linear-prod", "a", "0", "a".repeat(40), "a--b-"])("%s can be a name", (name) => {
  expect(troubleWithName(name)).toBeUndefined();
});

test.each(["", "A", "-a", "a_b", "a b", "ä", "a".repeat(41)])("“%s” cannot be a name", (name) => {
  expect(troubleWithName(name)).toBeDefined();
});
