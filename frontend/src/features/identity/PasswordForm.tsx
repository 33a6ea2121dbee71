import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { sessionsQuery } from "./accountQueries";
import { PASSWORD_MIN, requireNewPassword, requireText } from "./fieldRules";
import classes from "./ProfilePage.module.css";

/** `email` is for password managers, which keep passwords by it. */
export function PasswordForm({ email }: { email: string }) {
  const queryClient = useQueryClient();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { current: "", new: "" },
    validate: { current: requireText("Enter your current password."), new: requireNewPassword },
  });
  const { submit, problem, isPending } = useSubmit(form, async (body: { current: string; new: string }) => {
    await api.POST("/api/account/password", { body });
    form.reset();
    await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    notifications.show({ message: "Your password is changed, and every other session has ended." });
  });
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["current", "new"]} />
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <PasswordInput
        label="Current password"
        autoComplete="current-password"
        key={form.key("current")}
        {...form.getInputProps("current")}
      />
      <PasswordInput
        label="New password"
        description={`At least ${String(PASSWORD_MIN)} characters.`}
        autoComplete="new-password"
        key={form.key("new")}
        {...form.getInputProps("new")}
      />
      <Button type="submit" variant="default" loading={isPending}>
        Change password
      </Button>
    </form>
  );
}
