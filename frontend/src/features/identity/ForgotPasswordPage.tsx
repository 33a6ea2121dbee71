import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";
import { requireEmail } from "./fieldRules";

export interface ForgotPasswordPageProps {
  /** Whether a mail server sends our letters; if not, they are in the server's log. */
  isMailed: boolean;
  onRequest: (values: { email: string }) => Promise<void>;
}

export function ForgotPasswordPage({ isMailed, onRequest }: ForgotPasswordPageProps) {
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm({ mode: "uncontrolled", initialValues: { email: "" }, validate: { email: requireEmail } });
  const { submit, problem, isPending } = useSubmit(form, async (values: { email: string }) => {
    await onRequest(values);
    setSentTo(values.email);
  });
  const back = <Link to={paths.signIn()}>Back to sign-in</Link>;

  if (sentTo !== undefined) {
    // The same words whether the account exists or not: this page must not tell who has one.
    return (
      <AuthLayout
        title="Check your e-mail"
        description={`If ${sentTo} has an account, a link to set a new password is on its way.`}
        footer={back}
      >
        <p>
          {isMailed
            ? "It works once, for an hour."
            : "It works once, for an hour. This installation has no mail server: ask your operator for the link, which is in the server's log."}
        </p>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title="Reset your password" description="We send a link to set a new one." footer={back}>
      <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
        <FormError problem={problem} shownFields={["email"]} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          inputMode="email"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <Button type="submit" loading={isPending}>
          Send the link
        </Button>
      </form>
    </AuthLayout>
  );
}
