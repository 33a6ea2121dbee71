import { useState } from "react";

import type { TrialLine, TrialView } from "@/api/generated/schema";

import classes from "./TrialResult.module.css";
import { TallyBar, TallyLegend } from "./TallyBar";
import { TrialExamples } from "./TrialExamples";
import { mostAffected, verdictOf } from "./trialWords";

export interface TrialResultProps {
  trial: TrialView;
  workspace: string;
}

export function TrialResult({ trial, workspace }: TrialResultProps) {
  return (
    <>
      <p role="status" className={classes.verdict}>
        {verdictOf(trial)}
      </p>
      {trial.calls > 0 && (
        <>
          <div className={classes.bars}>
            <span>As it is now</span>
            <TallyBar name="As it is now" tally={trial.before} />
            <span>With the draft</span>
            <TallyBar name="With the draft" tally={trial.after} />
            <TallyLegend />
          </div>
          <Lines title="By person" lines={trial.people} />
          <Lines title="By tool" lines={trial.tools} isCode />
          <TrialExamples trial={trial} workspace={workspace} />
          <Notes trial={trial} />
        </>
      )}
    </>
  );
}

const SHOWN = 5;

function Lines({ title, lines, isCode = false }: { title: string; lines: readonly TrialLine[]; isCode?: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const affected = mostAffected(lines);
  const shown = isWhole ? affected : affected.slice(0, SHOWN);
  if (affected.length === 0) return null;
  return (
    <div>
      <table className={classes.lines}>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span data-visually-hidden="">Name</span>
            </th>
            <th scope="col">Passes</th>
            <th scope="col">Approval</th>
            <th scope="col">Denied</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, before, after }) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {isCode ? <code>{name}</code> : name}
              </th>
              <Count before={before.passed} after={after.passed} />
              <Count before={before.asked} after={after.asked} />
              <Count before={before.denied} after={after.denied} />
            </tr>
          ))}
        </tbody>
      </table>
      {affected.length > shown.length && (
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            setWhole(true);
          }}
        >
          {affected.length - shown.length} more
        </button>
      )}
    </div>
  );
}

/** The number with the draft, and where it was another one before. */
function Count({ before, after }: { before: number; after: number }) {
  return (
    <td data-changed={before !== after || undefined}>
      {before !== after && (
        <>
          <span className={classes.before}>{before}</span>
          <span aria-label="becomes"> → </span>
        </>
      )}
      {after}
    </td>
  );
}

function Notes({ trial: { is_capped: isCapped, calls, reproduced, arguments_withheld: withheld } }: { trial: TrialView }) {
  const notes = [
    isCapped ? `Only the newest ${calls.toLocaleString("en")} calls of this time were judged again.` : undefined,
    reproduced < calls
      ? `${(calls - reproduced).toLocaleString("en")} calls were decided otherwise when they were made, because policies have changed since.`
      : undefined,
    withheld ?? undefined,
  ].filter((note) => note !== undefined);
  if (notes.length === 0) return null;
  return (
    <ul className={classes.notes}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
