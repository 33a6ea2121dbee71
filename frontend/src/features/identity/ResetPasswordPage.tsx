import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";
import { PASSWORD_MIN, requireNewPassword } from "./fieldRules";

export interface ResetPasswordPageProps {
  /** From the mailed link; absent when the link was cut. */
  token: string | undefined;
  onReset: (values: { token: string; password: string }) => Promise<void>;
}

export function ResetPasswordPage({ token, onReset }: ResetPasswordPageProps) {
  const [isDone, setDone] = useState(false);
  const form = useForm({ mode: "uncontrolled", initialValues: { password: "" }, validate: { password: requireNewPassword } });
  const { submit, problem, isPending } = useSubmit(form, async ({ password }: { password: string }) => {
    await onReset({ token: token ?? "", password });
    setDone(true);
  });
  const again = <Link to={paths.forgotPassword()}>Ask for a new link</Link>;

  if (isDone) {
    return (
      <AuthLayout title="Your password is set" description="Every session of your account has ended, here and elsewhere.">
        <p>
          <Link to={paths.signIn()}>Sign in with the new password</Link>
        </p>
      </AuthLayout>
    );
  }
  if (token === undefined) {
    return <AuthLayout title="This link is incomplete" description="Open it again from the e-mail, whole." footer={again} />;
  }
  return (
    <AuthLayout title="Set a new password" description="Every session of your account ends." footer={again}>
      <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
        <FormError problem={problem} shownFields={["password"]} />
        <PasswordInput
          label="New password"
          description={`At least ${String(PASSWORD_MIN)} characters.`}
          autoComplete="new-password"
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={isPending}>
          Set password
        </Button>
      </form>
    </AuthLayout>
  );
}
