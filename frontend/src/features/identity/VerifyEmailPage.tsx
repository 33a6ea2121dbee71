import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";

export interface VerifyEmailPageProps {
  token: string | undefined;
  onVerify: (token: string) => Promise<void>;
}

/** Asks for a press: mail scanners open links, and must not use them up. */
export function VerifyEmailPage({ token, onVerify }: VerifyEmailPageProps) {
  const [isVerified, setVerified] = useState(false);
  const { submit, problem, isPending } = useSubmit(NO_FIELDS, async (value: string) => {
    await onVerify(value);
    setVerified(true);
  });

  if (isVerified) {
    return (
      <AuthLayout title="Your e-mail address is verified" description="Nothing else is needed.">
        <p>
          <Link to={paths.home()}>Go to your workspace</Link>
        </p>
      </AuthLayout>
    );
  }
  if (token === undefined) {
    return <AuthLayout title="This link is incomplete" description="Open it again from the e-mail, whole." />;
  }
  return (
    <AuthLayout title="Verify your e-mail address" description="It lets you reset your password and take up invitations.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(token);
        }}
      >
        <FormError problem={problem} />
        <Button type="submit" loading={isPending}>
          Verify
        </Button>
      </form>
    </AuthLayout>
  );
}

const NO_FIELDS = { setErrors: () => undefined };
