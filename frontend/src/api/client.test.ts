import { expect, test } from "vitest";

import { serve, serveNothing } from "@/testing/server";

import { ApiProblem } from "./ApiProblem";
import { api } from "./client";
import { csrfToken } from "./csrf";

const credentials = { email: "owner@example.com", password: "correct horse battery" };

test("a request that changes something repeats the CSRF cookie in a header", async () => {
  const asked = serve({ "POST /api/sign-in": {} });
  document.cookie = "__Host-conducktor-csrf=token%3D1; path=/; secure";

  await api.POST("/api/sign-in", { body: credentials });

  expect(asked[0]?.headers.get("X-CSRF-Token")).toBe(csrfToken());
});

test("the CSRF token is read whole from among other cookies", () => {
  expect(csrfToken("theme=dark; __Host-conducktor-csrf=abc=def==; other=1")).toBe("abc=def==");
  expect(csrfToken("not__Host-conducktor-csrf=evil")).toBeUndefined();
});

test("a request that only reads carries no CSRF token", async () => {
  const asked = serve({ "GET /api/session": { json: {} } });

  await api.GET("/api/session");

  expect(asked[0]?.headers.has("X-CSRF-Token")).toBe(false);
});

test("a refusal is thrown with the server's own words", async () => {
  serve({
    "POST /api/sign-in": {
      status: 429,
      json: {
        title: "Too many attempts.",
        detail: "Ten in a minute.",
        code: "throttled",
        next_step: "Wait.",
        retry_after_s: 60,
        errors: { email: "Slow down." },
      },
    },
  });

  const problem = await api.POST("/api/sign-in", { body: credentials }).catch((error: unknown) => error);

  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({
    status: 429,
    title: "Too many attempts.",
    detail: "Ten in a minute.",
    code: "throttled",
    nextStep: "Wait.",
    retryAfterS: 60,
    fieldErrors: { email: "Slow down." },
    isTransient: false,
  });
});

test("a proxy's HTML page becomes a problem that names its status", async () => {
  serve({ "GET /api/session": { status: 502, text: "<h1>Bad gateway</h1>", contentType: "text/html" } });

  const problem = await api.GET("/api/session").catch((error: unknown) => error);

  expect(problem).toMatchObject({ status: 502, code: "unreadable", isTransient: true });
  expect((problem as ApiProblem).detail).toContain("502");
});

test("no answer at all says that the server cannot be reached", async () => {
  serveNothing();

  await expect(api.GET("/api/session")).rejects.toMatchObject({ code: "offline", isTransient: true });
});
