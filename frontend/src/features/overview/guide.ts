import type { AuditLine, AuthorizationView, ConnectionView } from "@/api/generated/schema";

/** How far somebody has come with connecting ChatGPT. Steps can be done in any order; the first one that is not is the one to do. */
export interface Guide {
  isConfirmed: boolean;
  connections: readonly ConnectionView[];
  /** The app that was used last, or else authorized last. */
  app: AuthorizationView | undefined;
  lastCall: AuditLine | undefined;
}

export type Step = "confirm" | "connection" | "authorize" | "call";

export const STEPS: readonly Step[] = ["confirm", "connection", "authorize", "call"];

export function isDone({ isConfirmed, connections, app, lastCall }: Guide, step: Step): boolean {
  switch (step) {
    case "confirm":
      return isConfirmed;
    case "connection":
      return connections.some(({ state }) => state === "ACTIVE");
    case "authorize":
      // A call came through an app, even if somebody has revoked it since.
      return app !== undefined || lastCall !== undefined;
    case "call":
      return lastCall !== undefined;
  }
}

/** The step to do now; none when ChatGPT is connected. What has to be done in ChatGPT is not held up by what is open here. */
export function currentStep(guide: Guide): Step | undefined {
  return STEPS.find((step) => !isDone(guide, step));
}

export function latestApp(authorizations: readonly AuthorizationView[]): AuthorizationView | undefined {
  return authorizations.toSorted((a, b) => momentOf(b).localeCompare(momentOf(a)))[0];
}

function momentOf({ last_used_at: used, created_at: created }: AuthorizationView): string {
  return used ?? created;
}
