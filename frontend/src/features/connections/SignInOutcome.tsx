import { CloseButton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import type { ConnectionView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";

/** How the sign-in ended from which the browser just came back. What the connection is now, its state says. */
export function SignInOutcome({ result, connection }: { result: string | undefined; connection: ConnectionView }) {
  const { slug } = useWorkspace();
  const navigate = useNavigate();
  const told = outcomeOf(result);
  if (told === undefined) return null;
  return (
    <Callout
      tone={result === "done" ? "ok" : "warn"}
      role="status"
      title={result === "done" && connection.personal_for.length > 0 ? "The workspace’s account is signed in" : told.title}
      actions={
        <CloseButton
          size="sm"
          aria-label="Close the sign-in result"
          onClick={() => void navigate({ to: paths.connection({ workspace: slug, connection: connection.name }), replace: true })}
        />
      }
    >
      <p>{told.words}</p>
    </Callout>
  );
}

interface Outcome {
  title: string;
  words: string;
}

export function outcomeOf(result: string | undefined): Outcome | undefined {
  return OUTCOMES[result ?? ""];
}

/** Of a sign-in with one's own account, for which nobody has to manage anything. */
export function ownOutcomeOf(result: string | undefined): Outcome | undefined {
  return result === "forbidden" ? OWN_FORBIDDEN : outcomeOf(result);
}

const OWN_FORBIDDEN = {
  title: "You may no longer use tools here",
  words: "Nothing was changed. Ask an admin of this workspace.",
};
const AGAIN = "Nothing was changed. Press Sign in to try again.";

const OUTCOMES: Record<string, Outcome> = {
  done: { title: "You are signed in", words: "Conducktor keeps the sign-in alive by itself from here on." },
  denied: { title: "You did not allow it", words: AGAIN },
  changed: {
    title: "The connection was changed meanwhile",
    words: "Its address or its kind of sign-in is another one now, so nothing was kept. Press Sign in to try again.",
  },
  forbidden: { title: "You may no longer manage connections", words: "Nothing was changed. Ask an admin of this workspace." },
  wrong_issuer: {
    title: "The answer did not come from the service",
    words:
      "It was not used, because another server may have sent it. Press Sign in to try again; if it stays so, tell an operator.",
  },
  refused: { title: "The service refused the sign-in", words: AGAIN },
  unreachable: { title: "The service did not answer in time", words: AGAIN },
};
