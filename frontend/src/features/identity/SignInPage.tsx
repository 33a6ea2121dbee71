import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";
import { requireEmail, requireText } from "./fieldRules";

export interface SignInValues {
  email: string;
  password: string;
}

export interface SignInPageProps {
  /** Where to go afterwards; handed on to sign-up. */
  next: string | undefined;
  onSignIn: (values: SignInValues) => Promise<void>;
}

export function SignInPage({ next, onSignIn }: SignInPageProps) {
  const form = useForm<SignInValues>({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: { email: requireEmail, password: requireText("Enter your password.") },
  });
  const { submit, problem, isPending } = useSubmit(form, onSignIn);
  return (
    <AuthLayout
      title="Sign in"
      footer={
        <>
          New here? <Link to={paths.signUp(next)}>Create an account</Link>
        </>
      }
    >
      <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
        <FormError problem={problem} shownFields={["email", "password"]} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          inputMode="email"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={isPending}>
          Sign in
        </Button>
        <Link to={paths.forgotPassword()}>Forgot your password?</Link>
      </form>
    </AuthLayout>
  );
}
