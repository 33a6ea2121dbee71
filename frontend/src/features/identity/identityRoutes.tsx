import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { api } from "@/api/client";
import { safeNext } from "@/paths";

import { CheckMailPage } from "./CheckMailPage";
import { ForgotPasswordPage } from "./ForgotPasswordPage";
import { ResetPasswordPage } from "./ResetPasswordPage";
import { refreshSession, useSession } from "./session";
import { SignInPage } from "./SignInPage";
import { SignUpPage } from "./SignUpPage";
import { VerifyEmailPage } from "./VerifyEmailPage";

/* The pages without a session, each wired to its call. */

export function SignInRoute() {
  const { next } = getRouteApi("/sign-in").useSearch();
  const enter = useEnter(next);
  return (
    <SignInPage
      next={next}
      onSignIn={async (body) => {
        await api.POST("/api/sign-in", { body });
        await enter();
      }}
    />
  );
}

export function SignUpRoute() {
  const { next } = getRouteApi("/sign-up").useSearch();
  const { installation } = useSession();
  const [mailedTo, setMailedTo] = useState<string>();
  const enter = useEnter(next);
  if (mailedTo !== undefined) return <CheckMailPage email={mailedTo} />;
  return (
    <SignUpPage
      next={next}
      isFirst={!installation.has_accounts}
      isInvitedOnly={installation.has_accounts && installation.sign_up === "invited"}
      onSignUp={async (body) => {
        const { data } = await api.POST("/api/sign-up", { body });
        if (data?.next === "check_mail") setMailedTo(body.email);
        else await enter();
      }}
    />
  );
}

export function ForgotPasswordRoute() {
  const { installation } = useSession();
  return (
    <ForgotPasswordPage
      isMailed={installation.mail}
      onRequest={async (body) => {
        await api.POST("/api/password/forgot", { body });
      }}
    />
  );
}

export function ResetPasswordRoute() {
  const { token } = getRouteApi("/reset-password").useSearch();
  const queryClient = useQueryClient();
  return (
    <ResetPasswordPage
      token={token}
      onReset={async (body) => {
        await api.POST("/api/password/reset", { body });
        await refreshSession(queryClient);
      }}
    />
  );
}

export function VerifyEmailRoute() {
  const { token } = getRouteApi("/verify-email").useSearch();
  const queryClient = useQueryClient();
  return (
    <VerifyEmailPage
      token={token}
      onVerify={async (mailed) => {
        await api.POST("/api/verify-email", { body: { token: mailed } });
        await refreshSession(queryClient);
      }}
    />
  );
}

/** Takes note of the new session and goes where the person was going. */
function useEnter(next: string | undefined): () => Promise<void> {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async () => {
    await refreshSession(queryClient);
    router.history.push(safeNext(next));
  };
}
