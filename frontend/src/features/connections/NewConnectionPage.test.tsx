import { beforeEach, expect, test } from "vitest";

import type { Permission } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { connectionOf } from "@/testing/connections";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering/connections";

function serveGallery(more: Answers = {}, permissions: Permission[] = ["connections:read", "connections:write"]) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    "GET /api/workspaces/engineering/catalog": {
      json: { items: [], categories: {}, total: 0, redirect_uri: "https://conducktor.example.com/callback" },
    },
    [`GET ${AT}`]: { json: { items: [] } },
    ...more,
  });
}

test("the prefix of the tools follows the name as it is typed", async () => {
  serveGallery();
  const { user, screen } = renderApp("/w/engineering/connections/new/custom");

  await user.type(await screen.findByLabelText("Name"), "linear-prod");

  expect(screen.getByText("linear-prod").parentElement?.textContent).toBe("linear-prod_search");
});

test("a refused connection keeps everything that was typed, the key too", async () => {
  const asked = serveGallery({
    [`POST ${AT}`]: {
      status: 409,
      json: { title: "A connection of this name exists already.", errors: { name: "This name is taken." } },
    },
  });
  const { user, screen } = renderApp("/w/engineering/connections/new/custom");

  await user.type(await screen.findByLabelText("Address"), "https://mcp.example.com/mcp");
  await user.type(screen.getByLabelText("Name"), "linear-prod");
  await user.selectOptions(screen.getByLabelText("Sign-in"), "Bearer token");
  await user.type(screen.getByLabelText("Token"), "s3cret");
  await user.click(screen.getByRole("button", { name: "Connect" }));

  expect(await screen.findByText("This name is taken.")).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>("Address").value).toBe("https://mcp.example.com/mcp");
  expect(screen.getByLabelText<HTMLInputElement>("Token").value).toBe("s3cret");
  expect(asked.find(({ route }) => route === `POST ${AT}`)?.body).toEqual({
    name: "linear-prod",
    title: null,
    remote: 0,
    url: "https://mcp.example.com/mcp",
    transport: "streamable_http",
    auth: "bearer",
    secret: "s3cret",
  });
});

test("a new connection leads to its page, also while its tools are still on their way", async () => {
  const made = connectionOf({ state: "PENDING", reason: "Conducktor is asking the server what it offers." });
  serveGallery({
    [`POST ${AT}`]: { status: 201, json: made },
    [`GET ${AT}/linear-prod`]: {
      json: { connection: made, server_name: null, server_version: null, instructions: null, offers: [] },
    },
    [`GET ${AT}/linear-prod/tools`]: { json: { items: [] } },
  });
  const { user, screen, router } = renderApp("/w/engineering/connections/new/custom");

  await user.type(await screen.findByLabelText("Address"), "https://mcp.example.com/mcp");
  await user.type(screen.getByLabelText("Name"), "linear-prod");
  await user.click(screen.getByRole("button", { name: "Connect" }));

  expect(await screen.findByText("Its tools are on their way")).toBeDefined();
  expect(router.state.location.pathname).toBe("/w/engineering/connections/linear-prod");
});

test("what is missing is said before anything is sent", async () => {
  const asked = serveGallery();
  const { user, screen } = renderApp("/w/engineering/connections/new/custom");

  await user.click(await screen.findByRole("button", { name: "Connect" }));

  expect(screen.getByText("Enter the address of the MCP server.")).toBeDefined();
  expect(asked.some(({ route }) => route === `POST ${AT}`)).toBe(false);
});

test("whoever may not add connections is told who can", async () => {
  serveGallery({}, ["connections:read"]);
  const { screen } = renderApp("/w/engineering/connections/new/custom");

  expect((await screen.findByRole("alert")).textContent).toContain("Ask an owner or admin");
});
