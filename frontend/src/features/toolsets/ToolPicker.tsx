import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ToolLine } from "@/api/generated/schema";

import { ClassBadge } from "../connections/ClassBadge";
import { byRules, found, notOffered, type Selection, takenIn, withTools } from "./selection";
import classes from "./Toolsets.module.css";

const SHOWN = 200;

export interface ToolPickerProps {
  selection: Selection;
  tools: readonly ToolLine[];
  onChange: (selection: Selection) => void;
}

/** All tools of the workspace, to be searched and ticked. */
export function ToolPicker({ selection, tools, onChange }: ToolPickerProps) {
  const [search, setSearch] = useState("");
  const matching = found(tools, search);
  const isIn = new Set(takenIn(selection, tools).map(({ full_name: name }) => name));
  const ruled = byRules(selection.rules, tools);
  const put = (names: readonly string[], wanted: boolean) => {
    onChange(withTools(selection, names, wanted, tools));
  };
  const absent = notOffered(selection, tools);
  const names = matching.map(({ full_name: name }) => name);
  return (
    <section className={classes.part} aria-labelledby="one-by-one">
      <div>
        <h2 id="one-by-one" className={classes.heading}>
          One by one
        </h2>
        <p className={classes.words}>Tick what belongs to the toolset; untick what a rule should not take in.</p>
      </div>
      <div className={classes.bar}>
        <TextInput
          label="Search all tools"
          placeholder="Name, title or description"
          autoComplete="off"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button variant="default" disabled={names.length === 0} onClick={() => put(names, true)}>
          Tick all {names.length}
        </Button>
        <Button variant="default" disabled={names.length === 0} onClick={() => put(names, false)}>
          Untick all {names.length}
        </Button>
      </div>
      {matching.length === 0 ? (
        <p className={classes.words}>
          {tools.length === 0
            ? "This workspace offers no tools yet. Add a connection first."
            : "No tool has all these words. Try fewer."}
        </p>
      ) : (
        <ul className={classes.list} aria-label="Tools">
          {matching.slice(0, SHOWN).map((tool) => (
            <li key={tool.full_name}>
              <label className={classes.tool}>
                <input
                  type="checkbox"
                  checked={isIn.has(tool.full_name)}
                  aria-label={tool.full_name}
                  onChange={(event) => put([tool.full_name], event.currentTarget.checked)}
                />
                <span className={classes.told}>
                  <code>{tool.full_name}</code>
                  <span className={classes.summary}>
                    {ruled.has(tool.full_name) && (isIn.has(tool.full_name) ? "By rule. " : "Left out of a rule. ")}
                    {tool.summary ?? tool.title}
                  </span>
                </span>
                <ClassBadge kind={tool.operation_class} />
              </label>
            </li>
          ))}
        </ul>
      )}
      {absent.length > 0 && (
        <div className={classes.words}>
          Picked, but not offered now, because they are off, wait for review or are gone:{" "}
          {absent.map((name) => (
            <code key={name}>{name} </code>
          ))}
          <Button variant="subtle" size="compact-sm" onClick={() => put(absent, false)}>
            Take {absent.length === 1 ? "it" : "them"} out
          </Button>
        </div>
      )}
      {matching.length > SHOWN && (
        <p className={classes.words}>{matching.length - SHOWN} more: search for words to narrow them down.</p>
      )}
    </section>
  );
}
