import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";

import { api } from "@/api/client";
import type { OwnAccountView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./SettingsTab.module.css";
import { useRefreshOwnAccounts } from "./useOwnAccount";

interface OwnKeyFormProps {
  account: OwnAccountView;
  link: string | undefined;
  onSaved?: () => void;
}

/** For services that give each person a key. */
export function OwnKeyForm({ account, link, onSaved }: OwnKeyFormProps) {
  const { slug } = useWorkspace();
  const refresh = useRefreshOwnAccounts();
  const [secret, setSecret] = useState("");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, async () => {
    const path = { workspace: slug, name: account.connection };
    const body = link === undefined ? { secret } : { secret, link };
    await api.PUT("/api/workspaces/{workspace}/connections/{name}/own-account", { params: { path }, body });
    await refresh();
    onSaved?.();
  });
  return (
    <form
      className={`${classes.form ?? ""} ${classes.alone ?? ""}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit(undefined);
      }}
    >
      <PasswordInput
        label="Your own key"
        description={`${account.title} gives it to you, in your account there. Stored encrypted and used for your calls only. It can be replaced later, but never read again.`}
        autoComplete="new-password"
        spellCheck={false}
        value={secret}
        error={errors.secret}
        onChange={(event) => {
          setSecret(event.currentTarget.value);
        }}
      />
      <FormError problem={problem} shownFields={["secret"]} />
      <div className={classes.buttons}>
        <Button type="submit" loading={isPending} disabled={secret === ""}>
          Save key
        </Button>
      </div>
    </form>
  );
}
