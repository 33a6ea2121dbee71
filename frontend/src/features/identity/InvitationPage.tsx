import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";

import { asProblem } from "@/api/ApiProblem";
import type { ShownInvitation, User } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { LinkButton } from "@/components/ui/LinkButton";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { withArticle } from "../workspaces/roles";
import { AuthLayout } from "./AuthLayout";
import { PASSWORD_MIN, requireNewPassword, requireText } from "./fieldRules";

export interface InvitationPageProps {
  /** The path to come back to after signing in. */
  here: string;
  invitation: ShownInvitation;
  user: User | null;
  onAccept: () => Promise<void>;
  onSignUp: (values: { name: string; password: string }) => Promise<void>;
  onSwitchAccount: () => void;
}

/** Who invites whom to what, and how to take it up: as the right person already, as somebody else, or as somebody new. */
export function InvitationPage({ here, invitation, user, onAccept, onSignUp, onSwitchAccount }: InvitationPageProps) {
  const isAddressee = user?.email.toLowerCase() === invitation.email.toLowerCase();
  return (
    <AuthLayout
      title={`Join ${invitation.workspace_name}`}
      description={`${invitation.invited_by ?? "Somebody"} invites ${invitation.email} as ${withArticle(invitation.role)}.`}
      footer={
        !user && (
          <>
            You have an account? <Link to={paths.signIn(here)}>Sign in</Link>
          </>
        )
      }
    >
      {!user && <NewPerson email={invitation.email} onSignUp={onSignUp} />}
      {user && isAddressee && <Accept onAccept={onAccept} />}
      {user && !isAddressee && <OtherPerson user={user} email={invitation.email} onSwitchAccount={onSwitchAccount} />}
    </AuthLayout>
  );
}

/** A link that was cut, used up or revoked. */
export function InvitationGonePage({ error, onRetry }: { error?: unknown; onRetry?: () => void }) {
  if (error === undefined) {
    return <AuthLayout title="This link is incomplete" description="Open it again from the invitation, whole." />;
  }
  const problem = asProblem(error);
  return (
    <AuthLayout
      title={problem.title}
      description={`${problem.detail} ${problem.nextStep ?? ""}`}
      footer={<Link to={paths.home()}>Go to Conducktor</Link>}
    >
      {problem.isTransient && <Button onClick={onRetry}>Try again</Button>}
    </AuthLayout>
  );
}

function Accept({ onAccept }: Pick<InvitationPageProps, "onAccept">) {
  const { submit, problem, isPending } = useSubmit(NO_FIELDS, onAccept);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(undefined);
      }}
    >
      <FormError problem={problem} />
      <Button type="submit" loading={isPending}>
        Accept the invitation
      </Button>
    </form>
  );
}

const NO_FIELDS = { setErrors: () => undefined };

function NewPerson({ email, onSignUp }: { email: string } & Pick<InvitationPageProps, "onSignUp">) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", password: "" },
    validate: { name: requireText("Enter your name; others in the workspace see it."), password: requireNewPassword },
  });
  const { submit, problem, isPending } = useSubmit(form, onSignUp);
  return (
    <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["name", "password"]} />
      <TextInput label="E-mail" type="email" autoComplete="username" value={email} readOnly />
      <TextInput label="Name" autoComplete="name" key={form.key("name")} {...form.getInputProps("name")} />
      <PasswordInput
        label="Password"
        description={`At least ${String(PASSWORD_MIN)} characters.`}
        autoComplete="new-password"
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      <Button type="submit" loading={isPending}>
        Create account and join
      </Button>
    </form>
  );
}

function OtherPerson({ user, email, onSwitchAccount }: { user: User; email: string; onSwitchAccount: () => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSwitchAccount();
      }}
    >
      <p>
        You are signed in as {user.email}, but the invitation is for {email}. Sign in with that address, or ask for an invitation
        of your own.
      </p>
      <Button type="submit">Use another account</Button>
      <LinkButton to={paths.home()} variant="default">
        Stay as you are
      </LinkButton>
    </form>
  );
}
