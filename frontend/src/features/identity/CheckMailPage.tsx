import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { AuthLayout } from "./AuthLayout";

/** After a sign-up that waits for the link in our letter; says the same whether or not the address had an account. */
export function CheckMailPage({ email }: { email: string }) {
  return (
    <AuthLayout
      title="Check your e-mail"
      description={`We wrote to ${email}. Open the link in the letter to finish your account; it works once, for a day.`}
      footer={<Link to={paths.signIn()}>Go to sign-in</Link>}
    />
  );
}
