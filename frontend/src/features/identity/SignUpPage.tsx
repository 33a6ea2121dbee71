import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";
import { PASSWORD_MIN, requireEmail, requireNewPassword, requireText } from "./fieldRules";

export interface SignUpValues {
  name: string;
  email: string;
  password: string;
  workspace_name: string;
}

export interface SignUpPageProps {
  next: string | undefined;
  /** The first account of an installation owns it. */
  isFirst: boolean;
  isInvitedOnly: boolean;
  onSignUp: (values: SignUpValues) => Promise<void>;
}

export function SignUpPage({ next, isFirst, isInvitedOnly, onSignUp }: SignUpPageProps) {
  const footer = (
    <>
      You have an account? <Link to={paths.signIn(next)}>Sign in</Link>
    </>
  );
  if (isInvitedOnly) {
    return (
      <AuthLayout
        title="Accounts here need an invitation"
        description="Ask an owner or admin of your workspace to invite you, then open the link of the invitation."
        footer={footer}
      />
    );
  }
  return (
    <AuthLayout
      title={isFirst ? "Create the first account" : "Create an account"}
      description={
        isFirst
          ? "It owns this installation and its first workspace."
          : "Connect your services once; govern what ChatGPT does with them."
      }
      footer={footer}
    >
      <SignUpForm onSignUp={onSignUp} />
    </AuthLayout>
  );
}

function SignUpForm({ onSignUp }: Pick<SignUpPageProps, "onSignUp">) {
  const form = useForm<SignUpValues>({
    mode: "uncontrolled",
    initialValues: { name: "", email: "", password: "", workspace_name: "My workspace" },
    validate: {
      name: requireText("Enter your name; others in your workspace see it."),
      email: requireEmail,
      password: requireNewPassword,
      workspace_name: requireText("Name your workspace; it can be renamed later."),
    },
  });
  const { submit, problem, isPending } = useSubmit(form, onSignUp);
  return (
    <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["name", "email", "password", "workspace_name"]} />
      <TextInput label="Name" autoComplete="name" key={form.key("name")} {...form.getInputProps("name")} />
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
        description={`At least ${String(PASSWORD_MIN)} characters.`}
        autoComplete="new-password"
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      <TextInput
        label="Workspace"
        description="Connections, people and rules belong to one."
        autoComplete="organization"
        key={form.key("workspace_name")}
        {...form.getInputProps("workspace_name")}
      />
      <Button type="submit" loading={isPending}>
        Create account
      </Button>
    </form>
  );
}
