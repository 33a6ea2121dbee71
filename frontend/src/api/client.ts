import createClient, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";

import { offlineProblem, problemOf } from "./ApiProblem";
import { csrfToken } from "./csrf";
import type { paths } from "./generated/schema";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

const csrf: Middleware = {
  onRequest({ request }) {
    const token = SAFE_METHODS.has(request.method) ? undefined : csrfToken();
    if (token) request.headers.set("X-CSRF-Token", token);
    return request;
  },
};

/** Every refusal is thrown as an `ApiProblem`, so callers read only successes. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    return isAbort(error) ? error : offlineProblem();
  },
};

/** The one way to the server. `baseUrl` is spelled out because `Request` wants an absolute address outside a browser. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up on each call, so that a test may put its own server there.
  fetch: (request) => globalThis.fetch(request),
});
api.use(csrf, problems);

/** The same calls as TanStack queries; keys are `[method, path, init]`, which live events rely on (see liveEvents.ts). */
export const queries = createQueries(api);

/** Options of every keyset page list: `queries.useInfiniteQuery("get", path, init, KEYSET)`. */
export const KEYSET = {
  pageParamName: "cursor",
  initialPageParam: null,
  getNextPageParam: (page: { next_cursor: string | null }) => page.next_cursor,
} as const;

function isAbort(error: unknown): error is Error {
  return error instanceof DOMException && error.name === "AbortError";
}
