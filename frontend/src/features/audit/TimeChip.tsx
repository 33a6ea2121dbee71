import { Menu, TextInput, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown, IconX } from "@tabler/icons-react";
import { useState } from "react";

import chip from "@/components/ui/FilterChips.module.css";
import { GuardedButton } from "@/components/ui/GuardedButton";

import { daysOf, timeOfDays, TIMES } from "./auditSearch";
import classes from "./TimeChip.module.css";

export interface TimeChipProps {
  /** As the address has it: a span or an interval of days. */
  value: string | undefined;
  onChange: (time: string | undefined) => void;
  /** What can be chosen besides days. */
  spans?: readonly Span[];
  /** What holds while nothing is chosen. */
  otherwise?: string;
}

export interface Span {
  value: string;
  label: string;
}

/** The time as a chip beside the others: a span back from now, or from one day to another. */
export function TimeChip({ value, onChange, spans = TIMES, otherwise = "Time" }: TimeChipProps) {
  const [isOpen, setOpen] = useState(false);
  const label = labelOf(value, spans);
  return (
    <span className={chip.chip} data-set={label !== undefined || undefined}>
      <Menu position="bottom-start" opened={isOpen} onChange={setOpen} width={232}>
        <Menu.Target>
          <UnstyledButton className={chip.choose}>
            <span>{label === undefined ? otherwise : "Time:"}</span>
            {label === undefined ? <IconChevronDown size={13} stroke={1.75} aria-hidden /> : <strong>{label}</strong>}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown aria-label="Time">
          {spans.map((time) => (
            <Menu.Item
              key={time.value}
              leftSection={<IconCheck size={14} visibility={time.value === value ? "visible" : "hidden"} aria-hidden />}
              aria-current={time.value === value || undefined}
              onClick={() => {
                onChange(time.value);
              }}
            >
              {time.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Days
            key={value}
            value={value}
            onChange={(time) => {
              onChange(time);
              setOpen(false);
            }}
          />
        </Menu.Dropdown>
      </Menu>
      {label !== undefined && (
        <UnstyledButton
          className={chip.remove}
          aria-label={`Remove filter Time: ${label}`}
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

function Days({ value, onChange }: { value: string | undefined; onChange: (time: string) => void }) {
  const days = daysOf(value);
  const [first, setFirst] = useState(days?.first ?? "");
  const [last, setLast] = useState(days?.last ?? "");
  const isReady = daysOf(timeOfDays(first, last)) !== undefined;
  return (
    <form
      className={classes.days}
      // The menu's own keys (arrows, typing ahead) would take them from the fields.
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") event.stopPropagation();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onChange(timeOfDays(first, last));
      }}
    >
      <TextInput label="From" type="date" size="xs" value={first} onChange={(event) => setFirst(event.currentTarget.value)} />
      <TextInput
        label="To"
        type="date"
        size="xs"
        value={last}
        min={first}
        error={first !== "" && last !== "" && !isReady && "This day is before the first one."}
        onChange={(event) => setLast(event.currentTarget.value)}
      />
      <GuardedButton
        type="submit"
        size="xs"
        variant="default"
        whyNot={isReady ? undefined : "Choose the first and the last day."}
      >
        Show these days
      </GuardedButton>
    </form>
  );
}

function labelOf(value: string | undefined, spans: readonly Span[]): string | undefined {
  const span = spans.find((time) => time.value === value);
  if (span) return span.label;
  const days = daysOf(value);
  if (!days) return undefined;
  const [first, last] = [days.first, days.last].map((day) => dayFormat.format(new Date(`${day}T00:00:00`)));
  return first === last ? first : `${String(first)} – ${String(last)}`;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
