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
  origin: "shipped",
  is_hidden: false,
  is_official: true,
  addresses: [
    {
      url: "https://{account}.example.com/mcp",
      transport: "streamable_http",
      note: null,
      variables: [
        { name: "account", description: "Account identifier", default: null, placeholder: null, choices: [], is_required: true },
      ],
    },
    { url: "https://eu.example.com/mcp", transport: "streamable_http", note: "EU accounts", variables: [] },
  ],
  needs: "key",
  auth_options: ["header", "none", "bearer"],
  key_names: { header: "X-Api-Key" },
  scopes: [],
  source: null,
  imported_by: null,
  is_available: true,
  unavailable_reason: null,
  doubts: [],
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
    remote: 0,
    auth: "none",
  });
  expect(requestOf({ ...emptyWish(undefined), name: " own ", url: " https://mcp.example.com " }, undefined)).toEqual({
    name: "own",
    title: null,
    remote: 0,
    url: "https://mcp.example.com",
    transport: "streamable_http",
    auth: "none",
  });
});

test("another address of a service has its own blanks, and a key whose name is known is not named again", () => {
  const wish = { ...emptyWish(SNOWFLAKE), remote: 1, auth: "header" as const, secret: "s3cret" };

  expect(missingIn(wish, SNOWFLAKE)).toEqual({});
  expect(requestOf(wish, SNOWFLAKE)).toMatchObject({ service: "snowflake", remote: 1, variables: {}, secret: "s3cret" });
  expect(requestOf(wish, SNOWFLAKE)).not.toHaveProperty("header_name");
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
