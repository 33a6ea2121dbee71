import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Permission, WorkspaceSettings } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering/settings";
const PAGE = "/w/engineering/settings/workspace";
const settings: WorkspaceSettings = {
  name: "Engineering",
  slug: "engineering",
  time_zone: "UTC",
  allows_self_approval: false,
  offering: "all",
};

test("a time zone is found by typing and saved", async () => {
  const asked = serveSettings({ [`PATCH ${AT}`]: { json: { ...settings, time_zone: "Europe/Berlin" } } });
  const { user, screen } = renderApp(PAGE);

  const field = await screen.findByRole("combobox", { name: "Time zone" });
  await user.clear(field);
  await user.type(field, "berlin");
  await user.click(await screen.findByRole("option", { name: /Europe\/Berlin/ }));
  await user.click(screen.getByRole("button", { name: "Change time zone" }));

  expect(asked.find(({ route }) => route === `PATCH ${AT}`)?.body).toEqual({ time_zone: "Europe/Berlin" });
});

test("self-approval is switched on only after its risk was shown", async () => {
  const asked = serveSettings({ [`PATCH ${AT}`]: { json: { ...settings, allows_self_approval: true } } });
  const { user, screen } = renderApp(PAGE);

  await user.click(await screen.findByRole("switch", { name: "Requesters may approve their own requests" }));
  expect(asked.some(({ route }) => route === `PATCH ${AT}`)).toBe(false);
  const dialog = await screen.findByRole("dialog", { name: "Allow self-approval in “Engineering”?" });
  expect(dialog.textContent).toContain("no longer guarantee that two people agreed");
  await user.click(within(dialog).getByRole("button", { name: "Allow self-approval in" }));

  expect(asked.find(({ route }) => route === `PATCH ${AT}`)?.body).toEqual({ allows_self_approval: true });
});

test("a refused name says why and keeps what was typed", async () => {
  const refused = { title: "The input is not valid.", errors: { name: "Use at most 80 characters." } };
  serveSettings({ [`PATCH ${AT}`]: { status: 422, json: refused } });
  const { user, screen } = renderApp(PAGE);

  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name" });
  await user.clear(field);
  await user.type(field, "Platform");
  await user.click(screen.getByRole("button", { name: "Change name" }));

  expect(await screen.findByText("Use at most 80 characters.")).toBeDefined();
  expect(field.value).toBe("Platform");
});

test("who may not change the workspace can read how it is set, and who can change it", async () => {
  serveSettings({}, ["workspace:read"]);
  const { screen } = renderApp(PAGE);

  expect(await screen.findByText("You can read these settings, but not change them")).toBeDefined();
  expect(screen.getByRole("button", { name: "Change name" }).getAttribute("aria-description")).toContain(
    "Ask an owner or admin.",
  );
});

function serveSettings(more: Answers = {}, permissions: Permission[] = ["workspace:read", "workspace:write"]) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}`]: { json: settings },
    ...more,
  });
}
