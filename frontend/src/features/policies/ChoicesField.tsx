import { MultiSelect } from "@mantine/core";

import type { Choice } from "./schemaFields";

export interface ChoicesFieldProps {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  /** What stands there while nothing is chosen. */
  placeholder?: string;
  error?: string | undefined;
  /** Makes it searchable: what is said when nothing fits. */
  nothingFound?: string;
  onChange: (chosen: string[]) => void;
}

/** Any number of known things, each picked once. */
export function ChoicesField({ label, choices, chosen, placeholder, error, nothingFound, onChange }: ChoicesFieldProps) {
  return (
    <MultiSelect
      label={label}
      data={[...choices]}
      value={[...chosen]}
      placeholder={chosen.length === 0 ? placeholder : ""}
      error={error}
      searchable={nothingFound !== undefined}
      hidePickedOptions
      nothingFoundMessage={nothingFound}
      onChange={onChange}
    />
  );
}
