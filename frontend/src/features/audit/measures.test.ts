import { expect, test } from "vitest";

import { durationOf, sizeOf } from "./measures";

test.each([
  [0.84, "0.8 ms"],
  [412.3, "412 ms"],
  [1_440, "1.4 s"],
  [59_990, "1 min 0 s"],
  [125_000, "2 min 5 s"],
])("%d ms reads %s", (ms, words) => {
  expect(durationOf(ms)).toBe(words);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_440, "1.4 kB"],
  [999_960, "1.0 MB"],
  [10_000_000, "10.0 MB"],
])("%d bytes read %s", (bytes, words) => {
  expect(sizeOf(bytes)).toBe(words);
});
