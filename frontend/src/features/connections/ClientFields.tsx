import { PasswordInput, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import type { RegisteredClient } from "./storeClient";

export interface ClientFieldsProps {
  value: RegisteredClient;
  onChange: (changed: Partial<RegisteredClient>) => void;
  errors: Readonly<Record<string, ReactNode>>;
}

/** The app that somebody registered at the service. */
export function ClientFields({ value, onChange, errors }: ClientFieldsProps) {
  return (
    <>
      <TextInput
        label="Client ID"
        description="Of the app that you registered. It can be entered later, too."
        autoComplete="off"
        spellCheck={false}
        value={value.client_id}
        error={errors.client_id}
        onChange={(event) => {
          onChange({ client_id: event.currentTarget.value });
        }}
      />
      <PasswordInput
        label="Client secret"
        description="If the service gave you one. Stored encrypted."
        autoComplete="new-password"
        value={value.client_secret}
        error={errors.client_secret}
        onChange={(event) => {
          onChange({ client_secret: event.currentTarget.value });
        }}
      />
    </>
  );
}
