import { waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { rememberWorkspace } from "./features/workspaces/lastWorkspace";
import { renderApp } from "./testing/render";
import { ownersSession, nobodysSession } from "./testing/samples";
import { serve, serveNothing } from "./testing/server";

beforeEach(() => {
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {
        // Nothing ever happens in these workspaces.
      }
      close() {
        // Nothing to close.
      }
    },
  );
  vi.stubGlobal("scrollTo", () => undefined);
});

test("whoever is not signed in is sent to sign in, and comes back", async () => {
  let session = nobodysSession;
  const asked = serve({
    "GET /api/session": () => ({ json: session }),
    "POST /api/sign-in": () => {
      session = ownersSession;
      return {};
    },
  });
  const { router, user, screen } = renderApp("/w/field-tests?tab=tools");

  await user.type(await screen.findByLabelText("E-mail"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "correct horse battery");
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("heading", { name: "Overview" })).toBeDefined();
  expect(router.state.location.href).toBe("/w/field-tests?tab=tools");
  expect(asked.find(({ route }) => route === "POST /api/sign-in")?.body).toEqual({
    email: "owner@example.com",
    password: "correct horse battery",
  });
});

test("a refused sign-in keeps what was typed and says why", async () => {
  serve({
    "GET /api/session": { json: nobodysSession },
    "POST /api/sign-in": { status: 401, json: { title: "E-mail or password is wrong.", detail: "Check both." } },
  });
  const { user, screen } = renderApp("/sign-in");

  await user.type(await screen.findByLabelText("E-mail"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  expect((await screen.findByRole("alert")).textContent).toContain("E-mail or password is wrong.");
  expect(screen.getByLabelText<HTMLInputElement>("E-mail").value).toBe("owner@example.com");
});

test("what the server says about a field stands at that field", async () => {
  serve({
    "GET /api/session": { json: nobodysSession },
    "POST /api/sign-up": {
      status: 422,
      json: {
        title: "The input is not valid.",
        detail: "Check the fields below.",
        errors: { password: "Anybody would try this." },
      },
    },
  });
  const { user, screen } = renderApp("/sign-up");

  await user.type(await screen.findByLabelText("Name"), "the owner");
  await user.type(screen.getByLabelText("E-mail"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "password1234");
  await user.click(screen.getByRole("button", { name: "Create account" }));

  expect(await screen.findByText("Anybody would try this.")).toBeDefined();
});

test("a sign-up that waits for a letter says so", async () => {
  serve({ "GET /api/session": { json: nobodysSession }, "POST /api/sign-up": { json: { next: "check_mail" } } });
  const { user, screen } = renderApp("/sign-up");

  await user.type(await screen.findByLabelText("Name"), "the owner");
  await user.type(screen.getByLabelText("E-mail"), "owner@example.com");
  await user.type(screen.getByLabelText("Password"), "correct horse battery");
  await user.click(screen.getByRole("button", { name: "Create account" }));

  expect(await screen.findByRole("heading", { name: "Check your e-mail" })).toBeDefined();
});

test("the first visit to a new installation makes its first account", async () => {
  serve({
    "GET /api/session": { json: { ...nobodysSession, installation: { ...nobodysSession.installation, has_accounts: false } } },
  });
  const { screen } = renderApp("/");

  expect(await screen.findByRole("heading", { name: "Create the first account" })).toBeDefined();
});

test("the front door leads to the workspace shown last", async () => {
  rememberWorkspace("field-tests");
  serve({ "GET /api/session": { json: ownersSession } });
  const { router } = renderApp("/");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/w/field-tests");
  });
});

test("somebody else's workspace looks like one that does not exist", async () => {
  serve({ "GET /api/session": { json: ownersSession } });
  const { screen } = renderApp("/w/somebody-elses");

  expect(await screen.findByRole("heading", { name: "There is nothing here" })).toBeDefined();
});

test("a mailed token arrives as it was written, even if it looks like a number", async () => {
  const asked = serve({
    "GET /api/session": { json: nobodysSession },
    "POST /api/verify-email": { json: { email: "owner@example.com" } },
  });
  const { user, screen } = renderApp("/verify-email?token=1e5");

  await user.click(await screen.findByRole("button", { name: "Verify" }));

  expect(await screen.findByRole("heading", { name: "Your e-mail address is verified" })).toBeDefined();
  expect(asked.find(({ route }) => route === "POST /api/verify-email")?.body).toEqual({ token: "1e5" });
});

test("a server that cannot be reached is said, with a way to try again", async () => {
  serveNothing();
  const { screen } = renderApp("/");

  expect((await screen.findByRole("alert", undefined, { timeout: 30_000 })).textContent).toContain(
    "Conducktor cannot be reached.",
  );
  expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
});

test("signing out forgets everything and leads to sign-in", async () => {
  let session = ownersSession;
  serve({
    "GET /api/session": () => ({ json: session }),
    "POST /api/sign-out": () => {
      session = nobodysSession;
      return {};
    },
  });
  const { user, screen } = renderApp("/w/engineering");

  await user.click(await screen.findByRole("button", { name: "Account: Workspace owner" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeDefined();
});
