import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { useSubmit } from "@/components/ui/useSubmit";

import { requireText } from "../identity/fieldRules";
import { useChangeSettings } from "./settingsQueries";
import classes from "./SettingsPage.module.css";

export interface WorkspaceNameFormProps {
  workspace: string;
  name: string;
  whyNot: string | undefined;
}

export function WorkspaceNameForm({ workspace, name, whyNot }: WorkspaceNameFormProps) {
  const change = useChangeSettings(workspace);
  const form = useForm({ initialValues: { name }, validate: { name: requireText("Enter a name for the workspace.") } });
  const { submit, problem, isPending } = useSubmit(form, async (wish: { name: string }) => {
    await change(wish);
  });
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["name"]} />
      <TextInput aria-label="Name" maxLength={80} disabled={whyNot !== undefined} {...form.getInputProps("name")} />
      {whyNot === undefined ? (
        <Button type="submit" variant="default" loading={isPending}>
          Change name
        </Button>
      ) : (
        <GuardedButton variant="default" whyNot={whyNot}>
          Change name
        </GuardedButton>
      )}
    </form>
  );
}
