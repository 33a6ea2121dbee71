import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { TrialExample, TrialView } from "@/api/generated/schema";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import classes from "./TrialExamples.module.css";

const SHOWN = 8;

/** The calls that would end differently, newest first, each with its way into the audit. */
export function TrialExamples({ trial: { examples, changed }, workspace }: { trial: TrialView; workspace: string }) {
  const [shown, setShown] = useState(SHOWN);
  if (examples.length === 0) return null;
  return (
    <section aria-labelledby="trial-examples">
      <h3 id="trial-examples" className={classes.heading}>
        Calls that would end differently
        {changed > examples.length && <span className={classes.of}> (the newest {examples.length})</span>}
      </h3>
      <ol className={classes.examples}>
        {examples.slice(0, shown).map((example) => (
          <li key={example.id}>
            <Example example={example} workspace={workspace} />
          </li>
        ))}
      </ol>
      {examples.length > shown && (
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            setShown(examples.length);
          }}
        >
          {examples.length - shown} more
        </button>
      )}
    </section>
  );
}

function Example({ example, workspace }: { example: TrialExample; workspace: string }) {
  const { id, at, person, tool, before, after, reason } = example;
  return (
    <>
      <div className={classes.line}>
        <Link to={paths.auditEntry({ workspace, entry: id })} className={classes.tool}>
          <code>{tool}</code>
        </Link>
        <span className={classes.who}>
          {person}, <RelativeTime at={at} />
        </span>
      </div>
      <div className={classes.change}>
        <StateBadge state={before} isPlain />
        <span aria-label="becomes">→</span>
        <StateBadge state={after} isPlain />
      </div>
      {reason !== null && <p className={classes.reason}>{reason}</p>}
    </>
  );
}
