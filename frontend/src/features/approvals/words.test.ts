import { expect, test } from "vitest";

import { addresseesOf, titleOf, votesOf } from "./words";

test.each([
  ["linear-prod", "create_issue", "tools/call", "Create issue in linear-prod"],
  ["github-main", "pulls.mergeAll", "tools/call", "Pulls merge all in github-main"],
  ["conducktr", "conducktr_create_connection", "tools/call", "Create connection in Conducktor"],
  ["drive", "file:///report.txt", "resources/read", "Read file:///report.txt in drive"],
])("%s, %s: what would happen", (connection, tool, method, words) => {
  expect(titleOf({ connection, tool, method })).toBe(words);
});

test("whom several policies ask is named once", () => {
  expect(addresseesOf([{ sent_to: ["Admin team"] }, { sent_to: ["Admin team", "Finance"] }])).toBe("Admin team and Finance");
});

test("of several questions the one that needs most agreement is told; one agreement needs no count", () => {
  expect(
    votesOf([
      { given: 1, needed: 1 },
      { given: 1, needed: 3 },
    ]),
  ).toBe("1 of 3");
  expect(votesOf([{ given: 0, needed: 1 }])).toBeUndefined();
});
