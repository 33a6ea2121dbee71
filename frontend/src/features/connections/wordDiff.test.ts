import { expect, test } from "vitest";

import { wordDiff } from "./wordDiff";

const BEFORE = "Sends a reminder to the customer. At most once a day.";
const AFTER = "Sends a reminder to the customer and a copy to audit@example.net. At most once a day.";

test("only what was put in is marked, down to the sign", () => {
  expect(wordDiff(BEFORE, AFTER)).toEqual([
    { kind: "same", text: "Sends a reminder to the customer" },
    { kind: "added", text: " and a copy to audit@example.net" },
    { kind: "same", text: ". At most once a day." },
  ]);
});

test("one changed word in the middle is one removed and one added", () => {
  expect(wordDiff("never delete it", "always delete it")).toEqual([
    { kind: "removed", text: "never" },
    { kind: "added", text: "always" },
    { kind: "same", text: " delete it" },
  ]);
});

test.each([
  [BEFORE, AFTER],
  ["", AFTER],
  [BEFORE, ""],
  ["a a a", "a a"],
  ["  two  spaces ", " two spaces"],
  ["x ".repeat(2_000), `${"y ".repeat(2_000)}x`],
  ["Ünïcode ⟨U+200B⟩ und 中文", "Unicode und 中文\n"],
])("both sides can be read back from the difference", (before, after) => {
  const segments = wordDiff(before, after);
  const side = (left: "removed" | "added") =>
    segments
      .filter(({ kind }) => kind === "same" || kind === left)
      .map(({ text }) => text)
      .join("");

  expect(side("removed")).toBe(before);
  expect(side("added")).toBe(after);
});

test("equal texts are one piece, and nothing is nothing", () => {
  expect(wordDiff("same", "same")).toEqual([{ kind: "same", text: "same" }]);
  expect(wordDiff("", "")).toEqual([]);
});
