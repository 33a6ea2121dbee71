import { Input, NativeSelect, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { type ReactNode, useId } from "react";

import type { Auth } from "@/api/generated/schema";

import classes from "./SignInFields.module.css";
import { hasKeyName, hasSecret } from "./wish";

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
  /** The header or parameter is known, so nobody has to be asked. */
  isKeyNameKnown?: boolean;
  /** One is stored already: what is typed replaces it, nothing typed keeps it. */
  hasStoredSecret?: boolean;
  isDisabled?: boolean;
  /** The connection signs in already, so nobody has to be told how that goes. */
  isSigningIn?: boolean;
}

const SIDE_BY_SIDE = 4;

/** How Conducktor shows itself to the service: not at all, by a person's sign-in, or with a token, key or password. */
export function SignInFields(props: SignInFieldsProps) {
  const { value, onChange, errors, options, isKeyNameKnown = false, isDisabled = false, isSigningIn = false } = props;
  const label = useId();
  return (
    <>
      {options.length > SIDE_BY_SIDE && (
        <NativeSelect
          label="Sign-in"
          disabled={isDisabled}
          data={options.map((option) => ({ value: option, label: AUTH_LABELS[option] }))}
          value={value.auth}
          onChange={(event) => {
            onChange({ auth: event.currentTarget.value as Auth });
          }}
        />
      )}
      {options.length > 1 && options.length <= SIDE_BY_SIDE && (
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
      {hasKeyName(value.auth) && !isKeyNameKnown && (
        <TextInput
          label={value.auth === "header" ? "Header" : "Parameter"}
          description={
            value.auth === "header" ? "The header that carries the key." : "The parameter of the address that carries it."
          }
          placeholder={value.auth === "header" ? "X-Api-Key" : "api_key"}
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
      {value.auth === "oauth" && !isSigningIn && (
        <p className={classes.hint}>
          No key is needed: afterwards you press Sign in on the connection’s page, and the service asks you.
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
          : `${value.auth === "basic" ? "With a colon between them, for example ada:open-sesame. " : ""}Stored encrypted. It can be replaced later, but never read again.`
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
  basic: "User name and password",
  query: "Key in the address",
};

const SECRET_WORDS: Record<Auth, string> = {
  none: "key",
  oauth: "key",
  bearer: "token",
  header: "key",
  basic: "user name and password",
  query: "key",
};

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
