import { vi } from "vitest";

export interface Answer {
  status?: number;
  json?: unknown;
  /** Sent as it is instead of JSON. */
  text?: string;
  contentType?: string;
}

export interface Asked {
  route: string;
  search: URLSearchParams;
  headers: Headers;
  body: unknown;
}

/** What the server answers, by `METHOD /path`; a function sees the request. A route that is not named is a 404 problem. */
export type Answers = Record<string, Answer | ((asked: Asked) => Answer)>;

/** Stands in for the server at the network's edge, and keeps what it was asked. */
export function serve(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams: search } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const text = await request.text();
    const one: Asked = { route, search, headers: request.headers, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
    asked.push(one);
    const answer = answers[route] ?? { status: 404, json: { title: "There is nothing here." } };
    return respond(typeof answer === "function" ? answer(one) : answer);
  });
  return asked;
}

/** No answer at all: the cable is out. */
export function serveNothing(): void {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
}

function respond({ status = 200, json, text, contentType }: Answer): Response {
  if (json === undefined && text === undefined) return new Response(null, { status: status === 200 ? 204 : status });
  const type = contentType ?? (status < 400 ? "application/json" : "application/problem+json");
  return new Response(text ?? JSON.stringify(json), { status, headers: { "Content-Type": type } });
}
