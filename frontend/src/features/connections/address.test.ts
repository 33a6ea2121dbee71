import { expect, test } from "vitest";

import { addressOf } from "./address";

test("blanks are filled with what is typed, and stay where nothing is", () => {
  const template = "https://{account}.example.com/{database}/mcp";

  expect(addressOf(template, { account: " engineering ", database: "" })).toBe("https://engineering.example.com/{database}/mcp");
  expect(addressOf(template, {})).toBe(template);
});
