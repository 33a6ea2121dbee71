import { Textarea } from "@mantine/core";

import classes from "./ConditionField.module.css";

export interface ConditionFieldProps {
  label: string;
  description?: string | undefined;
  value: string;
  error: string | undefined;
  isRequired?: boolean;
  onChange: (value: string) => void;
}

/** A CEL expression, with what it may speak of and examples to begin with. */
export function ConditionField({ label, description, value, error, isRequired = false, onChange }: ConditionFieldProps) {
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        classNames={INPUT}
        rows={Math.min(6, Math.max(2, value.split("\n").length))}
        required={isRequired}
        spellCheck={false}
        autoCapitalize="off"
        maxLength={LENGTH_MAX}
        value={value}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      <details className={classes.help}>
        <summary>What it can speak of, with examples</summary>
        <dl className={classes.variables}>
          {VARIABLES.map(([name, means]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
        <ul className={classes.examples}>
          {EXAMPLES.map(([expression, means]) => (
            <li key={expression}>
              <button
                type="button"
                onClick={() => {
                  onChange(expression);
                }}
              >
                <code>{expression}</code>
              </button>
              <span>{means}</span>
            </li>
          ))}
        </ul>
        <p className={classes.note}>
          Ask with <code>has(…)</code> for arguments that may be missing: a condition that cannot be answered refuses the call.
        </p>
      </details>
    </div>
  );
}

const INPUT = { input: classes.input ?? "" };

/** As the server has it. */
const LENGTH_MAX = 2_000;

const VARIABLES = [
  ["args", "The arguments of the call, as the app sent them: args.title, args.labels[0]."],
  ["caller", "Who calls: caller.name, caller.email, caller.role, caller.groups (ids), caller.client."],
  ["tool", "What is called: tool.name, tool.connection, tool.class (read, write or destructive)."],
  ["now", "When: now.getHours(), now.getDayOfWeek() (0 is Sunday), in UTC."],
] as const;

const EXAMPLES = [
  ['has(args.priority) && args.priority == "urgent"', "only urgent ones"],
  ["has(args.amount) && args.amount > 100", "amounts above 100"],
  ['!caller.email.endsWith("@example.com")', "people from elsewhere"],
  ["now.getHours() < 7 || now.getHours() >= 18", "outside these hours of UTC"],
  ['has(args.labels) && args.labels.exists(label, label == "security")', "anything labelled security"],
] as const;
