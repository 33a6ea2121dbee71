import { beforeEach, expect, test } from "vitest";

import type { ApiView } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { connectionOf } from "@/testing/connections";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const REDIRECT = "https://conducktor.example.com/oauth/connections/callback";

const things: ApiView = {
  title: "Things",
  version: "1",
  source_url: null,
  servers: ["https://api.example.com/v1"],
  security: [
    { auth: "oauth", label: "Sign in with OAuth", key_name: null, note: "The document names OAuth." },
    { auth: "none", label: "No sign-in", key_name: null, note: null },
  ],
  operations: [operation("GET", "take", "things:read"), operation("POST", "put", "things:write")],
  redirect_uri: REDIRECT,
};

function operation(method: string, tool: string, scope: string): ApiView["operations"][number] {
  return {
    key: `${method} /things`,
    tool,
    method,
    path: "/things",
    summary: `Does ${tool}`,
    tags: [],
    operation_class: method === "GET" ? "read" : "write",
    is_deprecated: false,
    is_chosen: false,
    refusal: null,
    scopes: [scope],
  };
}

function serveDocument(found: ApiView) {
  const [engineering] = ownersSession.workspaces;
  const workspaces = [{ ...engineering, permissions: ["connections:read", "connections:write"] }];
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces } },
    [`POST ${AT}/apis/read`]: { json: found },
    [`POST ${AT}/apis`]: { json: connectionOf({ name: "things" }) },
    [`PUT ${AT}/connections/things/sign-in-client`]: { json: {} },
    [`GET ${AT}/connections`]: { json: { items: [] } },
  });
}

async function readDocument() {
  const app = renderApp("/w/engineering/connections/new/api");
  await app.user.type(
    await app.screen.findByLabelText("Address of the OpenAPI document"),
    "https://api.example.com/openapi.json",
  );
  await app.user.click(app.screen.getByRole("button", { name: "Read the document" }));
  await app.screen.findByRole("heading", { name: "Connect Things" });
  return app;
}

test("where the document names OAuth, the page says with what to register and takes the client", async () => {
  const asked = serveDocument(things);
  const { user, screen } = await readDocument();

  expect(screen.getByLabelText<HTMLSelectElement>("Sign-in").value).toBe("oauth");
  expect(screen.getByText(REDIRECT)).toBeDefined();
  expect(screen.queryByText("Scopes it needs")).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Select all that read (1)" }));
  expect(screen.getByText("things:read")).toBeDefined();
  await user.type(screen.getByLabelText("Client ID"), "ours");
  await user.type(screen.getByLabelText("Client secret"), "s3cret");
  await user.click(screen.getByRole("button", { name: "Connect 1 operation" }));

  await expect.poll(() => asked.map(({ route }) => route)).toContain(`PUT ${AT}/connections/things/sign-in-client`);
  const made = asked.find(({ route }) => route === `POST ${AT}/apis`)?.body;
  expect(made).toMatchObject({ auth: "oauth", operations: ["GET /things"], url: "https://api.example.com/v1" });
  expect(made).not.toHaveProperty("secret");
  expect(asked.find(({ route }) => route.startsWith("PUT"))?.body).toEqual({ client_id: "ours", secret: "s3cret" });
});

test("where the document names no OAuth, nobody is offered to sign in", async () => {
  serveDocument({ ...things, security: [{ auth: "bearer", label: "Bearer token", key_name: null, note: null }] });
  const { screen } = await readDocument();

  const offered = [...screen.getByLabelText<HTMLSelectElement>("Sign-in").options].map(({ value }) => value);
  expect(offered).not.toContain("oauth");
  expect(screen.queryByLabelText("Client ID")).toBeNull();
});
