import { TagsInput } from "@mantine/core";

import type { ToolLine } from "@/api/generated/schema";

import { MatchingTools } from "./MatchingTools";
import { toolsIn } from "./toolPattern";

export interface PatternsFieldProps {
  label: string;
  description: string | undefined;
  value: readonly string[];
  tools: readonly ToolLine[] | undefined;
  error: string | undefined;
  /** Says how many tools match; left out where something below says it for more than these patterns. */
  hasCount?: boolean;
  onChange: (value: string[]) => void;
}

const SHOWN_MAX = 50;

/** Tools by name, with `*` and `?` for anything; those of the workspace are offered as one types. */
export function PatternsField({ label, description, value, tools, error, hasCount = true, onChange }: PatternsFieldProps) {
  return (
    <div>
      <TagsInput
        label={label}
        description={description}
        placeholder={value.length === 0 ? "linear-prod_create_issue or linear-*" : ""}
        data={(tools ?? []).map(({ full_name: name }) => name)}
        limit={SHOWN_MAX}
        splitChars={SPLIT}
        value={[...value]}
        error={error}
        spellCheck={false}
        onChange={onChange}
      />
      {hasCount && value.length > 0 && tools && (
        <MatchingTools found={toolsIn({ connections: [], tools: value, classes: [] }, tools)} of={tools.length} />
      )}
    </div>
  );
}

const SPLIT = [",", " ", "\n"];
