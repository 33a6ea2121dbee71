import { waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { ApprovalLine } from "@/api/generated/schema";
import { approvalDetailOf, approvalOf } from "@/testing/approvals";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering/approvals";
const HERE = "/w/engineering/approvals/1";
const open = approvalOf({ id: "1", can_decide: true });

test("it says in one sentence what will happen, why it is asked, and shows what cannot be seen", async () => {
  serveApproval(open);
  const { screen } = renderApp(HERE);

  expect(await screen.findByRole("heading", { name: "Create issue in linear-prod", level: 1 })).toBeDefined();
  expect(screen.getByText(/If it is approved/).textContent).toContain("linear-prod_create_issue is called once, for Contractor");
  expect(screen.getByText("All issue creations need approval.")).toBeDefined();
  expect(screen.getByText("U+200B", { selector: "mark" })).toBeDefined();
  expect(screen.getByText("Create an issue.")).toBeDefined();
});

test("A leads to Approve, Enter presses it, and the next that waits opens", async () => {
  const next = approvalOf({ id: "2", tool: "delete_issue", can_decide: true });
  const asked = serveApproval(open, {
    [`GET ${AT}`]: { json: { items: [next, open], next_cursor: null } },
    [`GET ${AT}/2`]: { json: approvalDetailOf({ approval: next }) },
    [`POST ${AT}/1/decision`]: { json: { ...open, state: "approved" } },
  });
  const { user, screen, router } = renderApp(HERE);

  await screen.findByRole("button", { name: "Approve" });
  await user.keyboard("a");
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Approve" }));
  expect(asked.some(({ route }) => route.startsWith("POST"))).toBe(false);
  await user.keyboard("{Enter}");

  expect(await screen.findByRole("heading", { name: "Delete issue in linear-prod" })).toBeDefined();
  expect(router.state.location.pathname).toBe("/w/engineering/approvals/2");
  expect(asked.find(({ route }) => route === `POST ${AT}/1/decision`)?.body).toEqual({ decision: "approve", comment: null });
});

test("whoever may not decide sees the buttons, and why not", async () => {
  const why = "Nobody decides the own request in this workspace.";
  serveApproval(approvalOf({ id: "1", is_mine: true, why_not: why, can_cancel: true }));
  const { screen } = renderApp(HERE);

  expect((await screen.findByRole("button", { name: "Approve" })).getAttribute("aria-description")).toBe(why);
  expect(screen.getByText(`You cannot decide it. ${why}`)).toBeDefined();
  expect(screen.getByRole("button", { name: "Take the request back" })).toBeDefined();
});

test("when somebody was faster, the page says so and shows the new state", async () => {
  let state: ApprovalLine["state"] = "pending";
  serveApproval(open, {
    [`GET ${AT}/1`]: () => ({ json: approvalDetailOf({ approval: { ...open, state, can_decide: state === "pending" } }) }),
    [`POST ${AT}/1/decision`]: () => {
      state = "denied";
      return { status: 409, json: { title: "This request is not open any more.", detail: "It was denied.", state } };
    },
  });
  const { user, screen } = renderApp(HERE);

  await user.click(await screen.findByRole("button", { name: "Approve" }));

  expect(await screen.findByText("Denied: the service was not called")).toBeDefined();
  expect(await screen.findByText("Somebody else was faster")).toBeDefined();
});

test("an unknown outcome is closed with what somebody found", async () => {
  const unknown = approvalOf({ id: "1", state: "outcome_unknown", can_close: true, reason: "The worker ended in the middle." });
  const asked = serveApproval(unknown, { [`POST ${AT}/1/closing`]: { json: { ...unknown, state: "executed" } } });
  const { user, screen } = renderApp(HERE);

  await user.click(await screen.findByRole("button", { name: "Close this request" }));
  expect(screen.getByText("Say what you found.")).toBeDefined();
  await user.click(screen.getByLabelText("It was carried out"));
  await user.type(screen.getByLabelText("How you know"), "The issue is there.");
  await user.click(screen.getByRole("button", { name: "Close this request" }));

  await waitFor(() => {
    expect(asked.find(({ route }) => route.endsWith("/closing"))?.body).toEqual({
      happened: true,
      comment: "The issue is there.",
    });
  });
});

test("the requester sees the result", async () => {
  serveApproval(approvalOf({ id: "1", state: "executed", is_mine: true, result: '{"id": "ENG-7"}', result_is_error: false }));
  const { screen } = renderApp(HERE);

  expect((await screen.findByRole("figure", { name: "Result" })).textContent).toContain("ENG-7");
});

function serveApproval(approval: ApprovalLine, more: Answers = {}) {
  return serve({
    "GET /api/session": { json: ownersSession },
    [`GET ${AT}/1`]: { json: approvalDetailOf({ approval }) },
    [`GET ${AT}`]: { json: { items: [approval], next_cursor: null } },
    ...more,
  });
}
