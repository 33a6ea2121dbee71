import type { PolicyVersionView } from "@/api/generated/schema";

import { settingFacts } from "./settingFacts";
import { APPLICATIONS, applicationOf, type NameOf, whatOf, whoOf } from "./words";

export interface Difference {
  what: string;
  before: string;
  after: string;
}

/** What one version says otherwise than the one before it. */
export function differences(version: PolicyVersionView, before: PolicyVersionView, nameOf: NameOf): Difference[] {
  const [old, now] = [linesOf(before, nameOf), linesOf(version, nameOf)];
  const names = [...new Set([...now.keys(), ...old.keys()])];
  return names
    .map((what) => ({ what, before: old.get(what) ?? NOTHING, after: now.get(what) ?? NOTHING }))
    .filter(({ before: was, after: is }) => was !== is);
}

const NOTHING = "nothing";

function linesOf(version: PolicyVersionView, nameOf: NameOf): Map<string, string> {
  const applied = APPLICATIONS.find(({ value }) => value === applicationOf(version));
  return new Map([
    ["Name", version.name],
    ["Who", whoOf(version.who)],
    ["What", whatOf(version.what)],
    ...settingFacts(version, nameOf),
    ["Condition", version.condition ?? NOTHING],
    ["Applied", applied?.label ?? version.mode],
  ]);
}
