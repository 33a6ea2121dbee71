import { waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { ConnectionView, Permission, ToolView } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { connectionOf, toolOf } from "@/testing/connections";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const ALL: Permission[] = ["connections:read", "connections:write", "audit:read"];
const AT = "/api/workspaces/engineering/connections";

/** The server with one connection; what a test answers itself comes on top. */
function serveConnection(connection: ConnectionView, tools: readonly ToolView[], more: Answers = {}, permissions = ALL) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, role: "contractor", permissions }] } },
    [`GET ${AT}`]: { json: { items: [connection] } },
    [`GET ${AT}/linear-prod`]: { json: { connection, server_name: null, server_version: null, instructions: null, offers: [] } },
    [`GET ${AT}/linear-prod/tools`]: { json: { items: tools } },
    ...more,
  });
}

test("Test connection says what changed and that ChatGPT users must press Refresh", async () => {
  const connection = connectionOf();
  const message =
    "linear-prod works. Tools: 1 added. In ChatGPT, press Refresh in the settings of this connector to see the new list.";
  serveConnection(connection, [toolOf("search_issues")], {
    [`POST ${AT}/linear-prod/test`]: {
      json: { connection, message, added: ["linear-prod_new"], changed: [], removed: [], quarantined: [], rejected: [] },
    },
  });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod");

  await user.click(await screen.findByRole("button", { name: "Test connection" }));

  expect(await screen.findByText(message)).toBeDefined();
  expect(screen.getByText("linear-prod_new")).toBeDefined();
});

test("a failing connection says why, what to do, and leads there", async () => {
  const failing = connectionOf({
    state: "ERROR",
    reason: "linear-prod asked for sign-in again (401).",
    next_step: "Update its credential.",
    fault: "sign_in_again",
  });
  serveConnection(failing, []);
  const { user, screen, router } = renderApp("/w/engineering/connections/linear-prod");

  expect(await screen.findByText("linear-prod asked for sign-in again (401).")).toBeDefined();
  await user.click(screen.getByRole("link", { name: "Replace the key" }));

  expect(router.state.location.search).toEqual({ tab: "settings" });
  expect(await screen.findByLabelText("New token")).toBeDefined();
});

test("exactly the definition that was shown is accepted", async () => {
  const changed = toolOf("send", {
    state: "quarantined",
    reason: "Its definition changed.",
    definition_hash: "beef01",
    changes: [{ path: "description", before: "Sends it.", after: "Sends it to audit@example.net." }],
  });
  const asked = serveConnection(connectionOf({ tools: { active: 0, quarantined: 1, rejected: 0, gone: 0 } }), [changed], {
    "POST /api/workspaces/engineering/tools/tool-send/accept": { json: { ...changed, state: "active" } },
  });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?tool=linear-prod_send");

  const review = await screen.findByRole("region", { name: "Review" });
  expect(within(review).getByText("to audit@example.net").tagName).toBe("INS");
  await user.click(within(review).getByRole("button", { name: "Accept this definition" }));

  await waitFor(() => {
    expect(asked.find(({ route }) => route.endsWith("/accept"))?.body).toEqual({ definition_hash: "beef01" });
  });
});

test("whoever may not change connections sees everything, disabled, with the reason", async () => {
  const asked = serveConnection(connectionOf(), [toolOf("send")], {}, ["connections:read"]);
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?tab=settings");

  expect(await screen.findByText("You can read these settings, but not change them")).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>("Title").disabled).toBe(true);
  const remove = screen.getByRole("button", { name: "Delete connection" });
  expect(remove.getAttribute("aria-disabled")).toBe("true");
  expect(remove.getAttribute("aria-description")).toContain("Ask an owner or admin");
  await user.click(remove);
  await user.click(screen.getByRole("button", { name: "Test connection" }));

  expect(screen.queryByRole("dialog")).toBeNull();
  expect(asked.filter(({ route }) => !route.startsWith("GET"))).toEqual([]);
});

test("a refused change keeps what was typed and says why at the field", async () => {
  serveConnection(connectionOf(), [], {
    [`PATCH ${AT}/linear-prod`]: {
      status: 422,
      json: {
        title: "The input is not valid.",
        errors: { secret: "Enter the key again, because the address leads to another server." },
      },
    },
  });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?tab=settings");

  const address = await screen.findByLabelText<HTMLInputElement>("Address");
  await user.clear(address);
  await user.type(address, "https://elsewhere.example/mcp");
  await user.click(screen.getByRole("button", { name: "Save changes" }));

  expect(await screen.findByText("Enter the key again, because the address leads to another server.")).toBeDefined();
  expect(address.value).toBe("https://elsewhere.example/mcp");
});

test("deleting names the connection, and what goes with it", async () => {
  const asked = serveConnection(connectionOf(), [], { [`DELETE ${AT}/linear-prod`]: {} });
  const { user, screen, router } = renderApp("/w/engineering/connections/linear-prod?tab=settings");

  await user.click(await screen.findByRole("button", { name: "Delete connection" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete connection “linear-prod”?" });
  expect(dialog.textContent).toContain("ChatGPT loses 2 tools at once: everything that begins with linear-prod_.");
  await user.type(within(dialog).getByLabelText("Type linear-prod to confirm"), "linear-prod");
  await user.click(within(dialog).getByRole("button", { name: "Delete connection" }));

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/w/engineering/connections");
  });
  expect(asked.map(({ route }) => route)).toContain(`DELETE ${AT}/linear-prod`);
});

test("a connection that waits for somebody to sign in offers just that, and says what stands in the way", async () => {
  const waiting = connectionOf({
    auth: "oauth",
    state: "ERROR",
    reason: "It waits for somebody to sign in.",
    fault: "needs_sign_in",
  });
  const asked = serveConnection(waiting, [], {
    [`POST ${AT}/linear-prod/sign-in`]: {
      status: 409,
      json: { title: "The service wants to know Conducktor first.", next_step: "Register an app there." },
    },
  });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod");

  await user.click(await screen.findByRole("button", { name: "Sign in" }));

  expect(await screen.findByText(/Register an app there/)).toBeDefined();
  expect(asked.some(({ route }) => route === `POST ${AT}/linear-prod/sign-in`)).toBe(true);
});

test("a connection that lacks access for some tools offers to sign in for it", async () => {
  const working = connectionOf({
    auth: "oauth",
    reason: "The service wants more access for it than its sign-in covers: issues:write.",
    fault: "needs_more_access",
  });
  serveConnection(working, []);
  const { screen } = renderApp("/w/engineering/connections/linear-prod");

  expect(await screen.findByText(/issues:write/)).toBeDefined();
  expect(screen.getByRole("button", { name: "Sign in" })).toBeDefined();
});

test("who comes back from the service reads how it went", async () => {
  serveConnection(connectionOf({ auth: "oauth" }), []);
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?sign_in=denied");

  expect(await screen.findByText("You did not allow it")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Close the sign-in result" }));

  await waitFor(() => {
    expect(screen.queryByText("You did not allow it")).toBeNull();
  });
});

test("a tool described here says so beside what its service says, and the original comes back", async () => {
  const told = toolOf("search_issues", { title: "Search", title_here: null, description_here: "Looks issues up." });
  const asked = serveConnection(connectionOf(), [told], {
    "PUT /api/workspaces/engineering/tools/tool-search_issues/description": { json: told },
  });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?tool=linear-prod_search_issues");
  const section = within(await screen.findByRole("region", { name: "Description" }));
  expect(section.getByText("Described here as").parentElement?.textContent).toContain("Looks issues up.");
  expect(section.getByText("The service says").parentElement?.textContent).toContain("Does search_issues.");

  await user.click(section.getByRole("button", { name: "Change what it says here" }));
  expect(section.getByLabelText<HTMLTextAreaElement>("Own description").value).toBe("Looks issues up.");
  await user.click(section.getByRole("button", { name: "Use the service’s own" }));

  await section.findByRole("button", { name: "Change what it says here" });
  expect(asked.find(({ route }) => route.startsWith("PUT"))?.body).toEqual({ title: null, description: null });
});

test("the log of a server that runs here says whose it is, and when there is none", async () => {
  const connection = connectionOf({ transport: "stdio", url: "stdio:lab-tools" });
  const logs = [
    { process: 71, since: null, is_running: false, lines: [] },
    { process: 71, since: "2026-11-22T10:00:00Z", is_running: true, lines: ["started", "disk is full"] },
  ];
  serveConnection(connection, [], { [`GET ${AT}/linear-prod/log`]: () => ({ json: logs.shift() }) });
  const { user, screen } = renderApp("/w/engineering/connections/linear-prod?tab=health");

  expect(await screen.findByText("There are no lines to show.")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Read it again" }));

  const log = await screen.findByRole("figure", { name: "Log" });
  expect(log.textContent).toContain("disk is full");
  expect(screen.getByText(/heard by process 71 of Conducktor/)).toBeDefined();
});
