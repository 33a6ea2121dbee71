import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { renderPiece } from "@/testing/render";

import { relativeTime, RelativeTime } from "./RelativeTime";

const NOW = Date.parse("2026-11-22T12:00:00Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date", "setInterval", "clearInterval"] });
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["2026-11-22T12:00:04Z", "just now"],
  ["2026-11-22T12:00:14Z", "just now"],
  ["2026-11-22T12:00:45Z", "in 45 seconds"],
  ["2026-11-22T11:59:30Z", "30 seconds ago"],
  ["2026-11-22T11:56:01Z", "3 minutes ago"],
  ["2026-11-21T13:00:00Z", "23 hours ago"],
  ["2026-11-21T11:00:00Z", "1 day ago"],
  ["2025-11-20T12:00:00Z", "1 year ago"],
  ["2026-11-29T12:00:00Z", "in 1 week"],
])("%s is %s", (at, words) => {
  expect(relativeTime(new Date(at), NOW)).toBe(words);
});

test("the exact time is there for machines and on hover", () => {
  renderPiece(<RelativeTime at="2026-11-22T11:58:00Z" />);

  const time = screen.getByText("2 minutes ago");
  expect(time.getAttribute("datetime")).toBe("2026-11-22T11:58:00Z");
  expect(time.title).toMatch(/22 Nov 2026, \d\d:58:00/);
});

test("it grows older by itself", async () => {
  renderPiece(<RelativeTime at="2026-11-22T11:58:00Z" />);

  await vi.advanceTimersByTimeAsync(60_000);

  expect(await screen.findByText("3 minutes ago")).toBeDefined();
});

test("a time that cannot be read is shown as it came", () => {
  renderPiece(<RelativeTime at="yesterday" />);

  expect(screen.getByText("yesterday")).toBeDefined();
});
