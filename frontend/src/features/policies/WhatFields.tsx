import { Checkbox, MultiSelect } from "@mantine/core";

import type { ToolLine } from "@/api/generated/schema";

import { type Draft, errorAt } from "./draft";
import classes from "./Fields.module.css";
import { MatchingTools } from "./MatchingTools";
import { PatternsField } from "./PatternsField";
import type { Choice } from "./schemaFields";
import { toolsIn } from "./toolPattern";
import { OWN_TOOLS } from "./words";

export interface WhatFieldsProps {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  tools: readonly ToolLine[] | undefined;
  onChange: (changed: Partial<Draft>) => void;
}

const CLASSES = [
  { value: "read", label: "Read" },
  { value: "write", label: "Write" },
  { value: "destructive", label: "Destructive" },
];

/** Which tools the policy is about, with those of today counted. */
export function WhatFields({ draft, errors, tools, onChange }: WhatFieldsProps) {
  const isEverything = draft.connections.length + draft.tools.length + draft.classes.length === 0;
  return (
    <fieldset className={classes.part}>
      <legend>What</legend>
      <p className={classes.hint}>
        {isEverything
          ? "Nothing chosen: it is about every call, those of Conducktor’s own tools included."
          : "Calls that fit every field that is filled in."}
      </p>
      <div className={classes.fields}>
        <MultiSelect
          label="Connections"
          data={connectionChoices(tools ?? [], draft.connections)}
          value={draft.connections}
          placeholder={draft.connections.length === 0 ? "Any connection" : ""}
          error={errorAt(errors, "what.connections")}
          searchable
          hidePickedOptions
          nothingFoundMessage="No connection by that name offers tools."
          onChange={(connections) => {
            onChange({ connections });
          }}
        />
        <PatternsField
          label="Tools"
          description="Full names; * stands for anything, ? for one character. Press Enter after each."
          value={draft.tools}
          tools={tools}
          hasCount={false}
          error={errorAt(errors, "what.tools")}
          onChange={(chosen) => {
            onChange({ tools: chosen });
          }}
        />
        <Checkbox.Group
          label="Operations"
          value={draft.classes}
          error={errorAt(errors, "what.classes")}
          onChange={(chosen) => {
            onChange({ classes: chosen });
          }}
        >
          <div className={classes.choices}>
            {CLASSES.map((choice) => (
              <Checkbox key={choice.value} {...choice} />
            ))}
          </div>
        </Checkbox.Group>
        {!isEverything && tools && <Matching draft={draft} tools={tools} />}
      </div>
    </fieldset>
  );
}

function Matching({ draft, tools }: { draft: Draft; tools: readonly ToolLine[] }) {
  const isAboutOwn = draft.connections.includes(OWN_TOOLS) || draft.tools.some((name) => name.startsWith(`${OWN_TOOLS}_`));
  return (
    <div>
      <MatchingTools found={toolsIn(draft, tools)} of={tools.length} />
      {isAboutOwn && <p className={classes.hint}>Conducktor’s own tools are not counted.</p>}
    </div>
  );
}

function connectionChoices(tools: readonly ToolLine[], chosen: readonly string[]): Choice[] {
  const names = [...new Set([...tools.map(({ connection }) => connection), ...chosen])].filter((name) => name !== OWN_TOOLS);
  return [
    ...names.toSorted().map((name) => ({ value: name, label: name })),
    { value: OWN_TOOLS, label: "Conducktor’s own tools" },
  ];
}
