import { act, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderPiece } from "@/testing/render";

import { OfflineBanner } from "./OfflineBanner";
import { hueOf, initialsOf } from "./ServiceAvatar";
import { StateBadge } from "./StateBadge";

test.each([
  ["ACTIVE", "Active"],
  ["pending_approval", "Waits for approval"],
  ["OUTCOME_UNKNOWN", "Outcome unknown"],
])("the state %s reads “%s”", (state, words) => {
  renderPiece(<StateBadge state={state} />);

  expect(screen.getByText(words)).toBeDefined();
});

test.each([
  ["GitHub main", "GM"],
  ["linear-prod", "LP"],
  ["notion", "N"],
  ["Übersetzer", "Ü"],
  ["🦆", "?"],
])("the initials of %s are %s", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test("a service keeps its colour however it is spelled", () => {
  expect(hueOf("Linear")).toBe(hueOf("linear"));
});

test("nothing is said while all is well", () => {
  renderPiece(<OfflineBanner live="live" />);

  expect(screen.getByRole("status").textContent).toBe("");
});

test("an interrupted stream and a lost network are said", () => {
  renderPiece(<OfflineBanner live="reconnecting" />);
  expect(screen.getByRole("status").textContent).toContain("Live updates are interrupted");

  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  act(() => {
    window.dispatchEvent(new Event("offline"));
  });

  expect(screen.getByRole("status").textContent).toContain("You are offline");
});
