import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { MemberView, Permission, Role } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const OWNER: Permission[] = ["members:read", "members:write", "workspace:own"];
const owner = memberOf("01890000-0000-7000-8000-000000000001", "Workspace owner", "owner");
const member = memberOf("2", "Workspace member", "member");

test("the only owner can neither leave nor step down, and is told why", async () => {
  serveMembers([owner, member]);
  const { screen } = renderApp("/w/engineering/settings/members");

  const why = "This is the only owner. Make somebody else an owner first.";
  expect((await screen.findByRole("button", { name: "Leave this workspace" })).getAttribute("aria-description")).toBe(why);
  expect(screen.getByRole("button", { name: "Role of Workspace owner: Owner" }).getAttribute("aria-description")).toBe(why);
});

test("a new role is given after what it means was shown", async () => {
  const asked = serveMembers([owner, member], { [`PATCH ${AT}/members/2`]: { json: { ...member, role: "admin" } } });
  const { user, screen } = renderApp("/w/engineering/settings/members");

  await user.click(await screen.findByRole("button", { name: "Role of Workspace member: Member" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Admin/ }));
  const dialog = await screen.findByRole("dialog", { name: "Make Workspace member an admin?" });
  await user.click(within(dialog).getByRole("button", { name: "Change role" }));

  expect(asked.find(({ route }) => route === `PATCH ${AT}/members/2`)?.body).toEqual({ role: "admin" });
});

test("without a mail server the inviter gets the link to hand over", async () => {
  const link = "https://conducktor.example.com/invitation?token=t";
  const invitation = {
    id: "3",
    email: "lin@example.com",
    role: "member",
    invited_by: null,
    created_at: "",
    expires_at: "",
    mailed_at: null,
  };
  serveMembers([owner], { [`POST ${AT}/invitations`]: { json: { invitation, link } } });
  const { user, screen } = renderApp("/w/engineering/settings/members");

  await user.click(await screen.findByRole("button", { name: "Invite" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite somebody" });
  await user.type(within(dialog).getByLabelText("E-mail"), "lin@example.com");
  await user.click(within(dialog).getByRole("button", { name: "Invite" }));

  expect(await screen.findByText(link)).toBeDefined();
  expect(screen.getByText(/in the server’s log too/)).toBeDefined();
});

test("who may not invite sees why, and who can", async () => {
  serveMembers([owner, member], {}, "member", ["members:read"]);
  const { screen } = renderApp("/w/engineering/settings/members");

  expect((await screen.findByRole("button", { name: "Invite" })).getAttribute("aria-description")).toContain(
    "Ask an owner or admin.",
  );
  expect(screen.getByText("Only admins and owners see them.")).toBeDefined();
});

function memberOf(id: string, name: string, role: Role): MemberView {
  return { user_id: id, name, email: `${id}@example.com`, role, joined_at: "2026-11-18T12:00:00Z" };
}

function serveMembers(members: readonly MemberView[], more: Answers = {}, role: Role = "owner", permissions = OWNER) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, role, permissions }] } },
    [`GET ${AT}/members`]: { json: members },
    [`GET ${AT}/invitations`]: { json: [] },
    [`GET ${AT}/groups`]: { json: [] },
    ...more,
  });
}
