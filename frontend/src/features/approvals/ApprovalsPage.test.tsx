import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { approvalOf } from "@/testing/approvals";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const older = approvalOf({ id: "1", created_at: "2026-11-18T10:00:00Z", can_decide: true });
const newer = approvalOf({ id: "2", tool: "delete_issue", full_name: "linear-prod_delete_issue", can_decide: true });
const mine = approvalOf({ id: "3", is_mine: true, requester: "Workspace owner", why_not: "Nobody decides the own request." });

test("what waits for you comes oldest first, without what others must decide", async () => {
  serveApprovals();
  const { screen } = renderApp("/w/engineering/approvals");

  const table = await screen.findByRole("table", { name: "Waiting for you" });
  const links = within(table).getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual(["/w/engineering/approvals/1", "/w/engineering/approvals/2"]);
});

test("the rail says how many wait", async () => {
  serveApprovals();
  const { screen } = renderApp("/w/engineering/approvals");

  expect(await screen.findByRole("link", { name: "Approvals 2 waiting" })).toBeDefined();
});

test("several are denied with one comment, and those that somebody else was faster with are named", async () => {
  const asked = serveApprovals({
    [`POST ${AT}/approvals/decisions`]: {
      json: {
        items: [
          { id: "1", state: "denied", problem: null },
          { id: "2", state: "approved", problem: "It is not open any more." },
        ],
      },
    },
  });
  const { user, screen } = renderApp("/w/engineering/approvals");

  await user.click(await screen.findByRole("checkbox", { name: "Select all" }));
  await user.click(screen.getByRole("button", { name: "Deny 2" }));
  const dialog = await screen.findByRole("dialog", { name: "Deny 2 requests" });
  await user.type(within(dialog).getByLabelText("Comment"), "Not before the release.");
  await user.click(within(dialog).getByRole("button", { name: "Deny 2" }));

  expect(await within(dialog).findByText(/Denied 1 of 2/)).toBeDefined();
  expect(within(dialog).getByText("It is not open any more.")).toBeDefined();
  expect(asked.find(({ route }) => route === `POST ${AT}/approvals/decisions`)?.body).toEqual({
    approval_ids: ["1", "2"],
    decision: "deny",
    comment: "Not before the release.",
  });
});

test("the tab and the state are in the address and are asked of the server", async () => {
  const asked = serveApprovals();
  const { screen } = renderApp("/w/engineering/approvals?tab=mine&state=executed");

  expect(await screen.findByRole("table", { name: "Your requests" })).toBeDefined();
  const search = asked.findLast(({ route }) => route === `GET ${AT}/approvals`)?.search;
  expect([search?.get("mine"), search?.getAll("states")]).toEqual(["true", ["executed"]]);
});

test("where nobody would be told, the page says so and leads to the settings", async () => {
  const reason = "This installation has no mail server, and no channel is set up for this.";
  const topics = [{ topic: "approvals", is_told: false, by_mail: false, channels: [], reason }];
  serveApprovals({ [`GET ${AT}/notices/reach`]: { json: { topics } } });
  const { screen } = renderApp("/w/engineering/approvals");

  expect(await screen.findByText("Nobody would be told of a new request")).toBeDefined();
  expect(screen.getByText(/no channel is set up/)).toBeDefined();
});

function serveApprovals(more: Answers = {}) {
  return serve({
    "GET /api/session": { json: ownersSession },
    [`GET ${AT}/approvals/counts`]: { json: { waiting_for_me: 2, mine_waiting: 1, to_close: 0 } },
    [`GET ${AT}/approvals`]: { json: { items: [mine, newer, older], next_cursor: null } },
    ...more,
  });
}
