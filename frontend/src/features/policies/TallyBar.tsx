import type { CSSProperties } from "react";

import type { Tally } from "@/api/generated/schema";

import classes from "./TallyBar.module.css";
import { sumOf } from "./trialWords";

export interface TallyBarProps {
  name: string;
  tally: Tally;
}

const PARTS = [
  { key: "passed", label: "passes" },
  { key: "asked", label: "needs approval" },
  { key: "denied", label: "denied" },
] as const;

/** How many calls pass, are asked about and are denied, as parts of one bar with the numbers written on it. */
export function TallyBar({ name, tally }: TallyBarProps) {
  const sum = sumOf(tally);
  const words = PARTS.map(({ key, label }) => `${String(tally[key])} ${label}`).join(", ");
  return (
    <div className={classes.bar} role="img" aria-label={`${name}: ${words}`}>
      {PARTS.map(
        ({ key }) =>
          tally[key] > 0 && (
            <span key={key} className={classes.part} data-said={key} style={{ "--part": tally[key] / sum } as CSSProperties}>
              {tally[key].toLocaleString("en")}
            </span>
          ),
      )}
    </div>
  );
}

export function TallyLegend() {
  return (
    <ul className={classes.legend} aria-hidden>
      {PARTS.map(({ key, label }) => (
        <li key={key} data-said={key}>
          {label}
        </li>
      ))}
    </ul>
  );
}
