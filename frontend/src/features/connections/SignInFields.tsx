import { Input, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { type ReactNode, useId } from "react";

import type { Auth } from "@/api/generated/schema";

import classes from "./SignInFields.module.css";
import { hasSecret } from "./wish";

export interface SignIn {
  auth: Auth;
  header_name: string;
  secret: string;
}

export interface SignInFieldsProps {
  value: SignIn;
  onChange: (changed: Partial<SignIn>) => void;
  errors: Readonly<Record<string, ReactNode>>;
  /** The ways there are for this service. */
  options: readonly Auth[];
  /** The header is known, so nobody has to be asked. */
  isHeaderKnown?: boolean;
  /** One is stored already: what is typed replaces it, nothing typed keeps it. */
  hasStoredSecret?: boolean;
  isDisabled?: boolean;
}

/** How Conducktor shows itself to the service: not at all, by a person's sign-in, with a token, or with a key in a header. */
export function SignInFields(props: SignInFieldsProps) {
  const { value, onChange, errors, options, isHeaderKnown = false, isDisabled = false } = props;
  const label = useId();
  return (
    <>
      {options.length > 1 && (
        <div role="group" aria-labelledby={label}>
          <Input.Label id={label} labelElement="div">
            Sign-in
          </Input.Label>
          <SegmentedControl
            fullWidth
            disabled={isDisabled}
            aria-labelledby={label}
            data={options.map((option) => ({ value: option, label: AUTH_LABELS[option] }))}
            value={value.auth}
            onChange={(auth) => {
              onChange({ auth });
            }}
          />
        </div>
      )}
      {value.auth === "header" && !isHeaderKnown && (
        <TextInput
          label="Header"
          description="The header that carries the key."
          placeholder="X-Api-Key"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          disabled={isDisabled}
          value={value.header_name}
          error={errors.header_name}
          onChange={(event) => {
            onChange({ header_name: event.currentTarget.value });
          }}
        />
      )}
      {value.auth === "oauth" && (
        <p className={classes.hint}>
          Nothing to enter here: on the connection’s page you press Sign in, and the service asks you.
        </p>
      )}
      {hasSecret(value.auth) && <SecretField {...props} />}
    </>
  );
}

function SecretField({ value, onChange, errors, hasStoredSecret = false, isDisabled = false }: SignInFieldsProps) {
  return (
    <PasswordInput
      label={hasStoredSecret ? `New ${SECRET_WORDS[value.auth]}` : capital(SECRET_WORDS[value.auth])}
      description={
        hasStoredSecret
          ? "One is stored. Leave this empty to keep it; what you enter replaces it. It can never be read again."
          : "Stored encrypted. It can be replaced later, but never read again."
      }
      autoComplete="new-password"
      spellCheck={false}
      disabled={isDisabled}
      value={value.secret}
      error={errors.secret}
      onChange={(event) => {
        onChange({ secret: event.currentTarget.value });
      }}
    />
  );
}

export const AUTH_LABELS: Record<Auth, string> = {
  none: "None",
  oauth: "Sign in",
  bearer: "Bearer token",
  header: "Key in a header",
};

const SECRET_WORDS: Record<Auth, string> = { none: "key", oauth: "key", bearer: "token", header: "key" };

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
