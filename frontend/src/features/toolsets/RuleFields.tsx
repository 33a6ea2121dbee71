import { Button, Checkbox, MultiSelect, TagsInput } from "@mantine/core";

import type { ToolLine } from "@/api/generated/schema";

import { toolsIn } from "../policies/toolPattern";
import type { Rule } from "./selection";
import classes from "./Toolsets.module.css";

const CLASSES = [
  { value: "read", label: "Read" },
  { value: "write", label: "Write" },
  { value: "destructive", label: "Destructive" },
];

export interface RuleFieldsProps {
  rules: readonly Rule[];
  tools: readonly ToolLine[];
  onChange: (rules: readonly Rule[]) => void;
}

/** Rules keep up: what a connection offers tomorrow is in the toolset as soon as a rule takes it. */
export function RuleFields({ rules, tools, onChange }: RuleFieldsProps) {
  return (
    <fieldset className={classes.part}>
      <legend data-visually-hidden="">Rules</legend>
      <div>
        <h2 className={classes.heading}>By rule</h2>
        <p className={classes.words}>
          Each rule takes in every tool that fits all its fields, also tools that appear later. Without rules the toolset stays as
          it is picked below.
        </p>
      </div>
      {rules.map((rule, index) => (
        <RuleRow
          key={index}
          rule={rule}
          number={index + 1}
          tools={tools}
          onChange={(changed) => onChange(rules.map((one, at) => (at === index ? changed : one)))}
          onRemove={() => onChange(rules.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => onChange([...rules, { connections: [], tools: [], classes: [] }])}>
          Add rule
        </Button>
      </div>
    </fieldset>
  );
}

interface RuleRowProps {
  rule: Rule;
  number: number;
  tools: readonly ToolLine[];
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}

function RuleRow({ rule, number, tools, onChange, onRemove }: RuleRowProps) {
  const connections = [...new Set([...tools.map(({ connection }) => connection), ...rule.connections])].toSorted();
  return (
    <div className={classes.rule} role="group" aria-label={`Rule ${String(number)}`}>
      <MultiSelect
        label="Connections"
        placeholder={rule.connections.length === 0 ? "Any" : ""}
        searchable
        hidePickedOptions
        data={connections}
        value={rule.connections}
        onChange={(chosen) => onChange({ ...rule, connections: chosen })}
      />
      <TagsInput
        label="Tools"
        placeholder={rule.tools.length === 0 ? "Any, or linear-*_search_*" : ""}
        value={rule.tools}
        onChange={(patterns) => onChange({ ...rule, tools: patterns })}
      />
      <Checkbox.Group label="Operations" value={rule.classes} onChange={(chosen) => onChange({ ...rule, classes: chosen })}>
        <div className={classes.choices}>
          {CLASSES.map((choice) => (
            <Checkbox key={choice.value} {...choice} />
          ))}
        </div>
      </Checkbox.Group>
      <div className={classes.footer}>
        <span>Takes in {toolsIn(rule, tools).length} of the workspace’s tools now.</span>
        <Button variant="subtle" size="compact-sm" color="red" onClick={onRemove} aria-label={`Remove rule ${String(number)}`}>
          Remove
        </Button>
      </div>
    </div>
  );
}
