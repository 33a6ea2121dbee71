import { Checkbox, NativeSelect, NumberInput, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { ToolLine } from "@/api/generated/schema";
import type { Json } from "@/components/ui/JsonView";

import { ApproversField } from "./ApproversField";
import { ConditionField } from "./ConditionField";
import { errorAt } from "./draft";
import classes from "./Fields.module.css";
import { PatternsField } from "./PatternsField";
import type { Field } from "./schemaFields";
import { numberOf, type Settings, settingsOf, textOf, textsOf } from "./settings";
import type { PeopleChoices } from "./usePeopleChoices";

export interface SettingsFieldsProps {
  /** Where the fields stand in what is sent: `settings`. The server names a refused one by its path. */
  path: string;
  fields: readonly Field[];
  settings: Settings;
  errors: Readonly<Record<string, string>>;
  people: PeopleChoices;
  tools: readonly ToolLine[] | undefined;
  onChange: (settings: Settings) => void;
}

/** The form of a kind's settings, drawn from its schema. */
export function SettingsFields({ path, fields, settings, onChange, ...rest }: SettingsFieldsProps) {
  return fields.map((field) => (
    <Input
      key={field.name}
      {...rest}
      field={field}
      path={`${path}.${field.name}`}
      value={settings[field.name]}
      onChange={(value) => {
        onChange({ ...settings, [field.name]: value });
      }}
    />
  ));
}

interface InputProps extends Pick<SettingsFieldsProps, "errors" | "people" | "tools"> {
  field: Field;
  path: string;
  value: Json | undefined;
  /** `undefined` takes the setting away: it is not sent. */
  onChange: (value: Json | undefined) => void;
}

function Input({ field, path, value, onChange, ...about }: InputProps) {
  const error = errorAt(about.errors, path);
  const words = { label: field.label, description: field.description };
  const typed = (event: { currentTarget: { value: string } }) => {
    onChange(event.currentTarget.value);
  };
  switch (field.type) {
    case "text":
      return field.isLong ? (
        <Textarea {...words} rows={2} maxLength={field.maxLength} value={textOf(value)} error={error} onChange={typed} />
      ) : (
        <TextInput {...words} maxLength={field.maxLength} value={textOf(value)} error={error} onChange={typed} />
      );
    case "condition":
      return <ConditionField {...words} value={textOf(value)} error={error} onChange={onChange} />;
    case "number":
      return <NumberField {...words} field={field} value={value} error={error} onChange={onChange} />;
    case "choice":
      return <NativeSelect {...words} data={[...field.choices]} value={textOf(value)} error={error} onChange={typed} />;
    case "choices":
      return (
        <Checkbox.Group {...words} value={[...textsOf(value)]} error={error} onChange={onChange}>
          <div className={classes.choices}>
            {field.choices.map((choice) => (
              <Checkbox key={choice.value} {...choice} />
            ))}
          </div>
        </Checkbox.Group>
      );
    case "switch":
      return (
        <Checkbox
          {...words}
          checked={value === true}
          error={error}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
      );
    case "patterns":
      return <PatternsField {...words} value={textsOf(value)} tools={about.tools} error={error} onChange={onChange} />;
    case "texts":
      return <TagsInput {...words} value={[...textsOf(value)]} error={error} onChange={onChange} />;
    case "approvers":
      return <ApproversField {...words} value={value} people={about.people} error={error} onChange={onChange} />;
    case "part":
      return (
        <fieldset className={classes.part}>
          <legend>{field.label}</legend>
          <div className={classes.fields}>
            <SettingsFields
              {...about}
              path={path}
              fields={field.fields}
              settings={settingsOf(value)}
              onChange={(part) => onChange(part as Json)}
            />
          </div>
        </fieldset>
      );
  }
}

interface NumberFieldProps extends Pick<InputProps, "value" | "onChange"> {
  field: Extract<Field, { type: "number" }>;
  label: string;
  description: string | undefined;
  error: string | undefined;
}

/** Keeps what is typed apart from what it means: `12.` is on its way to 12.5. */
function NumberField({ field: { isWhole, min, max }, value, onChange, ...words }: NumberFieldProps) {
  const [typed, setTyped] = useState<number | string>(numberOf(value) ?? "");
  return (
    <NumberInput
      {...words}
      classNames={NARROW}
      allowDecimal={!isWhole}
      allowNegative={(min ?? -1) < 0}
      thousandSeparator=","
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      value={typed}
      onChange={(given) => {
        const number = Number(given);
        setTyped(given);
        onChange(given === "" || !Number.isFinite(number) ? undefined : number);
      }}
    />
  );
}

const NARROW = { wrapper: classes.number ?? "" };
