import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { GroupView, Permission } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const PAGE = "/w/engineering/settings/members";
const member = { user_id: "2", name: "Workspace member", email: "member@example.com", role: "member", joined_at: "" };
const finance: GroupView = { id: "g1", name: "Finance", people: [{ user_id: "2", name: "Workspace member" }] };

test("a group is made of people found by name", async () => {
  const asked = serveGroups([], { [`POST ${AT}/groups`]: { status: 201, json: finance } });
  const { user, screen } = renderApp(PAGE);

  await user.click(await screen.findByRole("button", { name: "New group" }));
  const dialog = await screen.findByRole("dialog", { name: "New group" });
  await user.type(within(dialog).getByLabelText("Name"), "Finance");
  await user.type(within(dialog).getByRole("combobox", { name: "People" }), "member@");
  await user.click(await within(dialog).findByRole("option", { name: "Workspace member (member@example.com)" }));
  await user.click(within(dialog).getByRole("button", { name: "Create group" }));

  expect(asked.find(({ route }) => route === `POST ${AT}/groups`)?.body).toEqual({ name: "Finance", people: ["2"] });
});

test("a name that is taken is said at the field", async () => {
  const refused = { title: "Conflict.", errors: { name: "Taken by another group." } };
  serveGroups([finance], { [`PATCH ${AT}/groups/g1`]: { status: 409, json: refused } });
  const { user, screen } = renderApp(PAGE);

  await user.click(await screen.findByRole("button", { name: "Edit the group Finance" }));
  const dialog = await screen.findByRole("dialog", { name: "Edit the group “Finance”" });
  await user.type(within(dialog).getByLabelText("Name"), " 2");
  await user.click(within(dialog).getByRole("button", { name: "Save group" }));

  expect(await within(dialog).findByText("Taken by another group.")).toBeDefined();
});

test("deleting a group says what rests on it first", async () => {
  const asked = serveGroups([finance], { [`DELETE ${AT}/groups/g1`]: { status: 204 } });
  const { user, screen } = renderApp(PAGE);

  await user.click(await screen.findByRole("button", { name: "Delete the group Finance" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete group “Finance”?" });
  expect(dialog.textContent).toContain("Policies that name it no longer find anybody in it.");
  await user.click(within(dialog).getByRole("button", { name: "Delete group" }));

  expect(asked.some(({ route }) => route === `DELETE ${AT}/groups/g1`)).toBe(true);
});

function serveGroups(groups: readonly GroupView[], more: Answers = {}) {
  const [engineering] = ownersSession.workspaces;
  const permissions: Permission[] = ["members:read", "members:write"];
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/members`]: { json: [member] },
    [`GET ${AT}/invitations`]: { json: [] },
    [`GET ${AT}/groups`]: { json: groups },
    ...more,
  });
}
