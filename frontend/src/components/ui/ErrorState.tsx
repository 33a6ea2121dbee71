import { Button } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconMapQuestion, IconPlugConnectedX } from "@tabler/icons-react";

import { asProblem } from "@/api/ApiProblem";

import { StatePanel } from "./StatePanel";

export interface ErrorStateProps {
  error: unknown;
  /** Asks again; left out where asking again cannot help. */
  onRetry?: (() => void) | undefined;
}

/** What happened, why, what to do next. A refusal for lack of permission says who can grant it. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const problem = asProblem(error);
  if (problem.isForbidden) return <ForbiddenState detail={problem.detail} nextStep={problem.nextStep} />;
  const icon = problem.isNotFound ? IconMapQuestion : problem.isTransient ? IconPlugConnectedX : IconAlertTriangle;
  return (
    <StatePanel
      icon={icon}
      title={problem.title}
      tone={problem.isNotFound ? "quiet" : "bad"}
      role="alert"
      actions={
        onRetry &&
        !problem.isNotFound && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {problem.detail !== "" && <p>{problem.detail}</p>}
      {problem.nextStep !== undefined && <p>{problem.nextStep}</p>}
    </StatePanel>
  );
}

export interface ForbiddenStateProps {
  detail?: string | undefined;
  /** Who can grant it. */
  nextStep?: string | undefined;
}

export function ForbiddenState({ detail, nextStep = "Ask an owner or admin of this workspace." }: ForbiddenStateProps) {
  return (
    <StatePanel icon={IconLock} title="You do not have this permission" role="alert">
      {detail !== undefined && detail !== "" && <p>{detail}</p>}
      <p>{nextStep}</p>
    </StatePanel>
  );
}
