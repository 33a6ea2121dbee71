import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

import classes from "./FilterChips.module.css";

export interface FilterChoice {
  value: string;
  label: string;
}

export interface Filter<Key extends string = string> {
  key: Key;
  label: string;
  choices: readonly FilterChoice[];
}

export type FilterValues<Key extends string = string> = Readonly<Partial<Record<Key, string>>>;

export interface FilterChipsProps<Key extends string> {
  filters: readonly Filter<Key>[];
  /** From the address: `Route.useSearch()`. */
  values: FilterValues<Key>;
  /** To the address: `navigate({ search: (before) => ({ ...before, ...changed }) })`. `undefined` takes a filter away. */
  onChange: (changed: Partial<Record<Key, string | undefined>>) => void;
  /** A filter with a chip of its own kind, after the others. */
  extra?: { key: Key; chip: ReactNode };
}

const SEARCHABLE_FROM = 8;

/** Filters as chips, all to be seen at once; the state is the address, so a filtered list can be shared. */
export function FilterChips<Key extends string>({ filters, values, onChange, extra }: FilterChipsProps<Key>) {
  const keys = [...filters.map(({ key }) => key), ...(extra ? [extra.key] : [])];
  const set = keys.filter((key) => values[key] !== undefined);
  return (
    <div className={classes.chips} role="group" aria-label="Filters">
      {filters.map((filter) => (
        <Chip
          key={filter.key}
          filter={filter}
          value={values[filter.key]}
          onChange={(value) => {
            onChange({ [filter.key]: value } as Partial<Record<Key, string | undefined>>);
          }}
        />
      ))}
      {extra?.chip}
      {set.length > 1 && (
        <UnstyledButton
          className={classes.clear}
          onClick={() => {
            onChange(Object.fromEntries(set.map((key) => [key, undefined])) as Partial<Record<Key, string | undefined>>);
          }}
        >
          Clear all
        </UnstyledButton>
      )}
    </div>
  );
}

interface ChipProps {
  filter: Filter;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Chip({ filter, value, onChange }: ChipProps) {
  const chosen = filter.choices.find((choice) => choice.value === value)?.label ?? value;
  return (
    <span className={classes.chip} data-set={value !== undefined || undefined}>
      <Menu position="bottom-start">
        <Menu.Target>
          <UnstyledButton className={classes.choose}>
            <span>{chosen === undefined ? filter.label : `${filter.label}:`}</span>
            {chosen === undefined ? <IconChevronDown size={13} stroke={1.75} aria-hidden /> : <strong>{chosen}</strong>}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown className={classes.dropdown} aria-label={filter.label}>
          <Choices filter={filter} value={value} onChange={onChange} />
        </Menu.Dropdown>
      </Menu>
      {chosen !== undefined && (
        <UnstyledButton
          className={classes.remove}
          aria-label={`Remove filter ${filter.label}: ${chosen}`}
          onClick={() => {
            onChange(undefined);
          }}
        >
          <IconX size={13} stroke={2} aria-hidden />
        </UnstyledButton>
      )}
    </span>
  );
}

function Choices({ filter, value, onChange }: ChipProps) {
  const [query, setQuery] = useState("");
  const found = filter.choices.filter(({ label }) => label.toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <>
      {filter.choices.length >= SEARCHABLE_FROM && (
        <Menu.Search
          aria-label={`Find ${filter.label.toLowerCase()}`}
          placeholder={`Find ${filter.label.toLowerCase()}`}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
          }}
        />
      )}
      {found.map((choice) => (
        <Menu.Item
          key={choice.value}
          leftSection={<IconCheck size={14} visibility={choice.value === value ? "visible" : "hidden"} aria-hidden />}
          aria-current={choice.value === value || undefined}
          onClick={() => {
            onChange(choice.value);
          }}
        >
          {choice.label}
        </Menu.Item>
      ))}
      {found.length === 0 && <Menu.Label>{query === "" ? "Nothing to choose from yet" : "None by that name"}</Menu.Label>}
    </>
  );
}
