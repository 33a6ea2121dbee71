import { GuardedButton } from "@/components/ui/GuardedButton";

import { useWhyNot } from "../workspaces/useWorkspace";
import type { SignInJourney } from "./useSignIn";

export function SignInButton({ signIn, label = "Sign in" }: { signIn: SignInJourney; label?: string }) {
  const whyNot = useWhyNot("connections:write");
  return (
    <GuardedButton size="xs" variant="default" whyNot={whyNot} loading={signIn.isPending} onClick={signIn.begin}>
      {label}
    </GuardedButton>
  );
}
