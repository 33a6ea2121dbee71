import type { CSSProperties } from "react";

import classes from "./Meter.module.css";

export interface MeterProps {
  /** What is measured: "Budget Tools". */
  label: string;
  /** The same in words: "$12 of $100". */
  text: string;
  /** Percent of the whole that are gone. */
  used: number;
  /** Percent on top of it that may still go. */
  held?: number;
  /** Percents with a mark. */
  marks?: readonly number[];
  isThick?: boolean;
}

const WARN_FROM = 80;

/** How much of something is used: a bar from zero, and the figure in words for those who cannot see it. */
export function Meter({ label, text, used, held = 0, marks = [], isThick = false }: MeterProps) {
  const tone = used >= 100 ? "bad" : used + held >= WARN_FROM ? "warn" : "ok";
  return (
    <div
      className={classes.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(within(used))}
      aria-valuetext={text}
      data-tone={tone}
      data-thick={isThick || undefined}
    >
      <span className={classes.used} style={share(within(used))} />
      <span className={classes.held} style={share(Math.min(within(held), 100 - within(used)))} />
      {marks
        .filter((mark) => mark < 100)
        .map((mark) => (
          <span key={mark} className={classes.mark} style={share(mark)} />
        ))}
    </div>
  );
}

function within(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

function share(percent: number): CSSProperties {
  return { "--share": `${String(percent)}%` } as CSSProperties;
}
