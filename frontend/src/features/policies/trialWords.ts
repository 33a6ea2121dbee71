import type { Tally, TrialLine, TrialView } from "@/api/generated/schema";

import { countOf } from "./lists";

/** What the trial found, in a sentence: `12 of 340 calls would end differently: 9 more would need approval, 3 more be denied.` */
export function verdictOf({ calls, changed, before, after }: TrialView): string {
  if (calls === 0) return "No calls were made in this time, so there is nothing to try it on.";
  if (changed === 0) return `None of ${countOf(calls, "call")} would end differently.`;
  const parts = [
    moreOrFewer(after.asked - before.asked, "need approval"),
    moreOrFewer(after.denied - before.denied, "be denied"),
    moreOrFewer(after.passed - before.passed, "pass"),
  ].filter((part) => part !== undefined);
  const how = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  return `${changed.toLocaleString("en")} of ${countOf(calls, "call")} would end differently${how}.`;
}

function moreOrFewer(difference: number, how: string): string | undefined {
  if (difference === 0) return undefined;
  return `${Math.abs(difference).toLocaleString("en")} ${difference > 0 ? "more" : "fewer"} would ${how}`;
}

/** The most affected first; those that nothing changes for are left out unless nothing changes for anybody. */
export function mostAffected(lines: readonly TrialLine[]): TrialLine[] {
  const affected = lines.filter((line) => shiftOf(line) > 0);
  return (affected.length > 0 ? affected : [...lines]).toSorted(
    (a, b) => shiftOf(b) - shiftOf(a) || sumOf(b.after) - sumOf(a.after),
  );
}

function shiftOf({ before, after }: TrialLine): number {
  return Math.abs(after.passed - before.passed) + Math.abs(after.asked - before.asked) + Math.abs(after.denied - before.denied);
}

export function sumOf({ passed, asked, denied }: Tally): number {
  return passed + asked + denied;
}
