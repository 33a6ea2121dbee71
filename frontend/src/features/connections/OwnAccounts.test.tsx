import { beforeEach, expect, test } from "vitest";

import type { ConnectionView, OwnAccountView, Permission } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { connectionOf } from "@/testing/connections";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const ALL: Permission[] = ["connections:read", "connections:write", "tools:call"];
const AT = "/api/workspaces/engineering/connections";
const PAGE = "/w/engineering/connections/linear-prod";
const AWAY = {
  status: 502,
  json: { title: "The connected service could not answer.", detail: "It did not answer in time.", next_step: "Try again." },
};

function accountOf(changed: Partial<OwnAccountView> = {}): OwnAccountView {
  return {
    connection: "linear-prod",
    title: "Linear",
    auth: "oauth",
    personal_for: ["destructive", "read", "write"],
    state: "missing",
    signed_in_at: null,
    ...changed,
  };
}

function serveAccount(account: Answers[string], changed: Partial<ConnectionView> = {}, more: Answers = {}, permissions = ALL) {
  const [engineering] = ownersSession.workspaces;
  const connection = connectionOf({ auth: "oauth", personal_for: ["destructive", "read", "write"], ...changed });
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/linear-prod`]: { json: { connection, server_name: null, server_version: null, instructions: null, offers: [] } },
    [`GET ${AT}/linear-prod/tools`]: { json: { items: [] } },
    [`GET ${AT}/linear-prod/own-account`]: account,
    [`GET ${AT}/linear-prod/own-accounts`]: { json: { items: [] } },
    [`GET ${AT}/linear-prod/sign-in`]: {
      json: {
        client_id: null,
        has_client_secret: false,
        redirect_uri: "https://conducktor.example/back",
        signed_in_by: null,
        signed_in_at: null,
      },
    },
    ...more,
  });
}

test("a link that was made for somebody else says so, and lets the right person sign in", async () => {
  serveAccount({
    status: 403,
    json: {
      title: "This link was made for somebody else.",
      code: "link_of_somebody_else",
      detail: "It was not made for you.",
      next_step: "Never sign in through a link that somebody else sent you.",
    },
  });
  const { screen } = renderApp(`${PAGE}/account?link=of-bob`);

  expect(await screen.findByRole("heading", { name: "This link was made for somebody else" })).toBeDefined();
  expect(screen.queryByText("You do not have this permission")).toBeNull();
  expect(screen.getByRole("button", { name: "Sign in as somebody else" })).toBeDefined();
});

test("a link that is too old leads to the page without it", async () => {
  serveAccount({
    status: 409,
    json: { title: "This link is no longer good.", code: "link_expired", detail: "It was good for 30 minutes." },
  });
  const { screen } = renderApp(`${PAGE}/account?link=old`);

  const link = await screen.findByRole("link", { name: "Go on without the link" });
  expect(link.getAttribute("href")).toBe(`${PAGE}/account`);
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("who entered a key that the service refuses is told so and asked for another one", async () => {
  serveAccount({ json: accountOf({ auth: "bearer", state: "ended", signed_in_at: "2026-11-20T10:00:00Z" }) });
  const { screen } = renderApp(`${PAGE}/account`);

  expect(await screen.findByText("The service does not accept your key any more")).toBeDefined();
  expect(screen.getByLabelText("Your own key")).toBeDefined();
});

test("a key that works can be replaced", async () => {
  serveAccount({ json: accountOf({ auth: "bearer", state: "signed_in", signed_in_at: "2026-11-20T10:00:00Z" }) });
  const { user, screen } = renderApp(`${PAGE}/account`);

  await user.click(await screen.findByRole("button", { name: "Replace key" }));

  expect(screen.getByLabelText("Your own key")).toBeDefined();
  expect(screen.getByRole("button", { name: "Delete key" })).toBeDefined();
});

test("a connection that waits for an own account says so once, with the button for it", async () => {
  serveAccount(
    { json: accountOf() },
    { state: "ERROR", fault: "needs_own_account", reason: "It waits for somebody to sign in.", next_step: "Sign in." },
  );
  const { screen } = renderApp(PAGE);

  expect(await screen.findByText("It waits for somebody to sign in.")).toBeDefined();
  expect(await screen.findAllByRole("button", { name: "Sign in with your account" })).toHaveLength(1);
  expect(screen.queryByText("You are not signed in with your own account")).toBeNull();
});

test("who cannot help a connection that waits for an own account is told who can", async () => {
  serveAccount(
    { json: accountOf() },
    { state: "ERROR", fault: "needs_own_account", reason: "It waits for somebody to sign in.", next_step: "Sign in." },
    {},
    ["connections:read", "tools:call"],
  );
  const { screen } = renderApp(PAGE);

  expect(await screen.findByText(/Ask an owner or admin to sign in/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Sign in with your account" })).toBeNull();
});

test("a server that shows another key leads to the pinned keys", async () => {
  serveAccount(
    { json: accountOf() },
    { state: "ERROR", fault: "key_changed", reason: "It shows a key that is not pinned.", next_step: "Compare." },
  );
  const { screen } = renderApp(PAGE);

  expect(await screen.findByRole("link", { name: "Check the pinned keys" })).toBeDefined();
});

test("a choice that was made class by class is shown as it is", async () => {
  serveAccount({ json: accountOf({ personal_for: ["write"] }) }, { personal_for: ["write"] });
  const { screen } = renderApp(`${PAGE}?tab=settings`);

  const chosen = await screen.findByRole("radio", { name: "Each person’s own for writing tools" });
  expect((chosen as HTMLInputElement).checked).toBe(true);
});

test("the workspace’s sign-in that cannot be read says so", async () => {
  serveAccount({ json: accountOf() }, {}, { [`GET ${AT}/linear-prod/sign-in`]: AWAY });
  const { screen } = renderApp(`${PAGE}?tab=settings`);

  expect(await screen.findByText("It did not answer in time.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
});

test("a REST connection’s operations that cannot be read say so", async () => {
  serveAccount(
    { json: accountOf() },
    { transport: "openapi", personal_for: [], auth: "none" },
    { [`GET ${AT}/linear-prod/api`]: AWAY },
  );
  const { screen } = renderApp(`${PAGE}?tab=settings`);

  expect(await screen.findByText("It did not answer in time.")).toBeDefined();
});
