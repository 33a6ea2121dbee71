import { expect, test } from "vitest";

import { auditQuery, daysOf, UNSUCCESSFUL } from "./auditSearch";

const NOW = Date.UTC(2026, 10, 18, 12, 0, 0);

test("an address without filters asks for everything", () => {
  expect(auditQuery({}, NOW)).toEqual({});
});

test("filters are handed on as they stand", () => {
  expect(
    auditQuery({ person: "p", connection: "linear-prod", tool: "search_issues", kind: "call", conversation: "v1/x" }, NOW),
  ).toEqual({
    person: "p",
    connection: "linear-prod",
    tool: "search_issues",
    kind: "call",
    conversation: "v1/x",
  });
});

test("unsuccessful means every way to fail, as the overview counts them", () => {
  expect(auditQuery({ outcome: UNSUCCESSFUL }, NOW).outcome).toEqual(["tool_error", "upstream_error", "failed"]);
  expect(auditQuery({ outcome: "denied" }, NOW).outcome).toEqual(["denied"]);
});

test("a span reaches back from now", () => {
  expect(auditQuery({ time: "24h" }, NOW)).toEqual({ since: "2026-11-17T12:00:00.000Z" });
});

test("days are whole days of the reader, the last one included", () => {
  const { since, until } = auditQuery({ time: "2026-11-01/2026-11-01" }, NOW);

  expect(new Date(since ?? "")).toEqual(new Date(2026, 10, 1));
  expect(new Date(until ?? "")).toEqual(new Date(2026, 10, 2));
});

test.each(["yesterday", "2026-11-03/2026-11-01", "2026-13-01/2026-13-02", "/"])(
  "a time without meaning is no filter: %s",
  (time) => {
    expect(daysOf(time)).toBeUndefined();
    expect(auditQuery({ time, outcome: "nonsense" }, NOW)).toEqual({});
  },
);
