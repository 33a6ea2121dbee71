import { useState } from "react";

import type { ToolLine } from "@/api/generated/schema";

import { countOf } from "./lists";
import classes from "./MatchingTools.module.css";

export interface MatchingToolsProps {
  found: readonly ToolLine[];
  /** How many there are in all. */
  of: number;
}

const SHOWN = 6;

/** How many of today's tools are meant, and which: read out while one types. */
export function MatchingTools({ found, of }: MatchingToolsProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? found : found.slice(0, SHOWN);
  return (
    <div className={classes.matching}>
      <span role="status" data-none={found.length === 0 || undefined} className={classes.count}>
        {found.length === 0
          ? `None of today’s ${countOf(of, "tool")} matches. Tools that come later may.`
          : `${found.length === of && of > 1 ? "All" : String(found.length)} of today’s ${countOf(of, "tool")}`}
      </span>
      {shown.map(({ full_name: name }) => (
        <code key={name}>{name}</code>
      ))}
      {found.length > shown.length && (
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            setWhole(true);
          }}
        >
          {found.length - shown.length} more
        </button>
      )}
    </div>
  );
}
