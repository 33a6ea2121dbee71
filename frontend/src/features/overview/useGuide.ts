import { useQuery } from "@tanstack/react-query";

import { useAuditLines } from "../audit/auditQueries";
import { connectionsQuery } from "../connections/connectionQueries";
import { sessionQuery, useSession } from "../identity/session";
import { authorizationsQuery } from "../oauth/authorizationQueries";
import { currentStep, type Guide, latestApp } from "./guide";

/** No live event tells that a letter's link was opened elsewhere. */
const LOOK_AGAIN_MS = 4_000;
const CALLS = { kind: "call" };

export interface GuideState {
  /** `undefined` until everything that it takes is known. */
  guide: Guide | undefined;
  error: unknown;
  retry: () => void;
}

/** How far this workspace has come, kept up to date while somebody watches. */
export function useGuide(workspace: string): GuideState {
  const { user } = useSession();
  const isConfirmed = user?.email_verified ?? false;
  useQuery({ ...sessionQuery, refetchInterval: isConfirmed ? false : LOOK_AGAIN_MS });
  const calls = useAuditLines(workspace, CALLS);
  const connections = useQuery(connectionsQuery(workspace));
  const authorizations = useQuery(authorizationsQuery(workspace));
  return {
    guide: calls.lines &&
      connections.data &&
      authorizations.data && {
        isConfirmed,
        connections: connections.data.items,
        app: latestApp(authorizations.data.items),
        lastCall: calls.lines[0],
      },
    error: calls.error ?? connections.error ?? authorizations.error,
    retry: () => {
      calls.retry();
      void connections.refetch();
      void authorizations.refetch();
    },
  };
}

/** Whether everything is done, as far as it is known. */
export function isConnected({ guide }: GuideState): boolean | undefined {
  return guide && currentStep(guide) === undefined;
}
