import { expect, test } from "vitest";

import { hasHidden, splitHidden } from "./invisible";

test.each([
  ["zero-width space", "a\u200Bb", "U+200B"],
  ["right-to-left override", "a\u202Eb", "U+202E"],
  ["tag characters", "a\u{E0041}b", "U+E0041"],
  ["no-break space", "a\u00A0b", "U+00A0"],
  ["soft hyphen", "a\u00ADb", "U+00AD"],
  ["blank Hangul letter", "a\u3164b", "U+3164"],
  ["variation selector outside emoji", "a\uFE01b", "U+FE01"],
  ["supplementary variation selector", "a\u{E0101}b", "U+E0101"],
  ["terminal escape", "a\u001B[31mb", "U+001B"],
  ["joiner between letters", "a\u200Db", "U+200D"],
])("a %s is shown", (_name, text, code) => {
  expect(splitHidden(text)).toContainEqual(expect.objectContaining({ kind: "hidden", code }));
});

test("a tag character says which letter a model reads", () => {
  expect(splitHidden("\u{E0041}")).toEqual([{ kind: "hidden", code: "U+E0041", name: expect.stringContaining("“A”") as string }]);
});

test.each(["plain text, with\ttabs\nand lines\r\n", "Grüße, 你好, שלום, नमस्ते", "👩‍💻 ❤️ 🇩🇪 👍🏽", ""])("%j hides nothing", (text) => {
  expect(hasHidden(text)).toBe(false);
});

test("nothing of the text gets lost", () => {
  const parts = splitHidden("one\u200Btwo\u202Ethree");

  expect(parts.map((part) => (part.kind === "text" ? part.text : part.code))).toEqual([
    "one",
    "U+200B",
    "two",
    "U+202E",
    "three",
  ]);
});
