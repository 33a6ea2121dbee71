import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./NameField.module.css";
import { NAME_LIMIT, troubleWithName } from "./wish";

export interface NameFieldProps {
  value: string;
  onChange: (name: string) => void;
  error?: ReactNode;
  /** A tool as its server calls it: `search_issues`. */
  tool: string;
}

/** The connection's name, and below it what ChatGPT will call its tools. */
export function NameField({ value, onChange, error, tool }: NameFieldProps) {
  const isUsable = troubleWithName(value.trim()) === undefined;
  return (
    <div>
      <TextInput
        label="Name"
        description="People, rules and ChatGPT know its tools by this name, so it cannot be changed later."
        classNames={{ input: classes.input ?? "" }}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={NAME_LIMIT}
        value={value}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
      <div className={classes.preview}>
        A tool called <code>{tool}</code> becomes{" "}
        <code>
          <span className={classes.prefix}>{isUsable ? value.trim() : "…"}</span>_{tool}
        </code>
      </div>
    </div>
  );
}
