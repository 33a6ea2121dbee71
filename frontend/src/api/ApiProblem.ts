/** Why a request was refused, in words for people. RFC 9457, with the server's extension members. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Stable name, e.g. `last_owner`; `offline` when no answer came at all. */
  readonly code: string;
  readonly nextStep: string | undefined;
  /** What to say next to which field. */
  readonly fieldErrors: Readonly<Record<string, string>>;
  readonly retryAfterS: number | undefined;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ? `${body.title} ${body.detail}` : body.title);
    this.name = "ApiProblem";
    this.status = status;
    this.title = body.title;
    this.detail = body.detail ?? "";
    this.code = body.code ?? `http_${String(status)}`;
    this.nextStep = body.next_step ?? undefined;
    this.fieldErrors = body.errors ?? {};
    this.retryAfterS = body.retry_after_s ?? undefined;
  }

  get isUnauthenticated(): boolean {
    return this.status === 401;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Whether the same request may succeed a moment later without anybody changing anything. */
  get isTransient(): boolean {
    return this.code === OFFLINE || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export interface ProblemBody {
  title: string;
  detail?: string | null;
  code?: string | null;
  next_step?: string | null;
  errors?: Record<string, string> | null;
  retry_after_s?: number | null;
}

/** Reads the server's refusal. A body that is not problem+json comes from something between us and the server: say which status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
  const body: unknown = isProblem ? await response.json().catch(() => undefined) : undefined;
  if (hasTitle(body)) return new ApiProblem(response.status, body);
  return new ApiProblem(response.status, {
    title: "The server's answer could not be read.",
    detail: `It answered with status ${String(response.status)}, but not in Conducktor's format. A proxy in between may be the cause.`,
    code: "unreadable",
    next_step: "Try again. If it persists, tell your operator the status and the time.",
  });
}

/** What a failed fetch becomes: no answer at all. */
export function offlineProblem(): ApiProblem {
  return new ApiProblem(0, {
    title: "Conducktor cannot be reached.",
    detail: "No answer came from the server. Your network or the server may be down.",
    code: OFFLINE,
    next_step: "Check your connection and try again.",
  });
}

/** Any thrown value as a problem; what is not one is a defect of this page. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, {
    title: "This page failed.",
    detail: error instanceof Error ? error.message : String(error),
    code: "page_defect",
    next_step: "Reload the page. If it happens again, tell your operator what you did.",
  });
}

/** Why a query or mutation failed, if it did. Takes all of it: the generated types know of no errors, so its `error` alone is `never`. */
export function failureOf({ error }: { error: unknown }): ApiProblem | undefined {
  return error === null || error === undefined ? undefined : asProblem(error);
}

const OFFLINE = "offline";

function hasTitle(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "title" in body && typeof body.title === "string";
}
