import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "./ApiProblem";

const FRESH_MS = 15_000;
const RETRIES = 2;

/** `onSignedOut` is called when any answer says that the session is over. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const notice = (error: Error) => {
    if (error instanceof ApiProblem && error.isUnauthenticated) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // A refusal stays a refusal; only what may heal by itself is asked again.
        retry: (failures, error) => failures < RETRIES && error instanceof ApiProblem && error.isTransient,
        throwOnError: false,
      },
      mutations: { retry: false },
    },
  });
}
