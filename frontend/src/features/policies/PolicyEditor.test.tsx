import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Permission, TrialView } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { kinds, policyOf } from "@/testing/policies";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";

test("a policy is made from its kind's form, with what is missing said first", async () => {
  const asked = serveEditor({ [`POST ${AT}/policies`]: { status: 201, json: policyOf({ id: "p9" }) } });
  const { user, screen, router } = renderApp("/w/engineering/policies/new?kind=budget_limit");

  await user.click(await screen.findByRole("button", { name: "Create policy" }));
  expect(screen.getByText("Please fill in: Amount (USD).")).toBeDefined();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Limit");
  await user.type(screen.getByRole("textbox", { name: "Amount (USD)" }), "12.5");
  await user.selectOptions(screen.getByRole("combobox", { name: "Period" }), "week");
  await user.click(screen.getByRole("button", { name: "Create policy" }));

  expect(asked.find(({ route }) => route === `POST ${AT}/policies`)?.body).toMatchObject({
    name: "Limit",
    kind: "budget_limit",
    settings: { amount_usd: 12.5, period: "week" },
    mode: "enforce",
    applies_to: "workspace",
  });
  expect(router.state.location.pathname).toBe("/w/engineering/policies/p9");
});

test("tools that match are counted while patterns are typed", async () => {
  serveEditor();
  const { user, screen } = renderApp("/w/engineering/policies/new?kind=require_approval");

  const what = await screen.findByRole("group", { name: "What" });
  await user.type(within(what).getByRole("combobox", { name: "Tools" }), "linear-*{Enter}");

  expect(await within(what).findByText("1 of today’s 2 tools")).toBeDefined();
});

test("the server's word about a condition stands at it, and nothing that was typed is lost", async () => {
  const refused = { title: "The condition is not valid.", errors: { condition: "Line 1, column 14: mismatched input." } };
  serveEditor({
    [`GET ${AT}/policies/p1`]: { json: policyOf({ id: "p1" }) },
    [`PATCH ${AT}/policies/p1`]: { status: 422, json: refused },
  });
  const { user, screen } = renderApp("/w/engineering/policies/p1/edit");

  const condition = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Only where this holds" });
  await user.click(condition);
  await user.paste("args.title ==");
  await user.click(screen.getByRole("button", { name: "Save policy" }));

  expect(await screen.findByText("Line 1, column 14: mismatched input.")).toBeDefined();
  expect(condition.value).toBe("args.title ==");
});

test("a draft is tried as the policy that it replaces, and an older trial says so", async () => {
  const trial: TrialView = {
    since: "2026-11-16T00:00:00Z",
    calls: 40,
    is_capped: false,
    happened: { passed: 40, asked: 0, denied: 0 },
    before: { passed: 40, asked: 0, denied: 0 },
    after: { passed: 37, asked: 3, denied: 0 },
    changed: 3,
    reproduced: 40,
    people: [{ name: "Workspace member", before: { passed: 9, asked: 0, denied: 0 }, after: { passed: 6, asked: 3, denied: 0 } }],
    tools: [],
    examples: [
      {
        id: "e1",
        at: "2026-11-20T10:00:00Z",
        person: "Workspace member",
        tool: "linear-prod_create_issue",
        happened: "passed",
        before: "passed",
        after: "asked",
        policy: "Approval",
        reason: "linear-prod_create_issue needs approval.",
        arguments: null,
      },
    ],
    arguments_withheld: null,
  };
  const asked = serveEditor({
    [`GET ${AT}/policies/p1`]: { json: policyOf({ id: "p1" }) },
    [`POST ${AT}/policies/try`]: { json: trial },
  });
  const { user, screen } = renderApp("/w/engineering/policies/p1/edit");

  await user.click(await screen.findByRole("button", { name: "Try it" }));

  expect(
    await screen.findByText("3 of 40 calls would end differently: 3 more would need approval, 3 fewer would pass."),
  ).toBeDefined();
  expect(screen.getByRole("link", { name: "linear-prod_create_issue" }).getAttribute("href")).toBe("/w/engineering/audit/e1");
  expect(asked.find(({ route }) => route === `POST ${AT}/policies/try`)?.body).toMatchObject({
    days: 7,
    policy_id: "p1",
    draft: { kind: "require_approval" },
  });
  await user.type(screen.getByRole("textbox", { name: "Name" }), "!");
  expect(screen.getByText("The draft has changed since")).toBeDefined();
});

test("only an owner is asked whether a policy is for the whole organization", async () => {
  serveEditor({}, ["policies:read", "policies:write"]);
  const { screen } = renderApp("/w/engineering/policies/new?kind=redact");

  await screen.findByRole("button", { name: "Create policy" });
  expect(screen.queryByRole("radio", { name: "In all workspaces of the organization" })).toBeNull();
});

function serveEditor(more: Answers = {}, permissions: Permission[] = ["policies:read", "policies:write", "workspace:own"]) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/policies/kinds`]: { json: kinds },
    [`GET ${AT}/policies/templates`]: { json: [] },
    [`GET ${AT}/members`]: { json: [] },
    [`GET ${AT}/groups`]: { json: [] },
    [`GET ${AT}/authorizations`]: { json: { items: [] } },
    [`GET ${AT}/tools`]: {
      json: {
        items: [
          { full_name: "linear-prod_create_issue", connection: "linear-prod", operation_class: "write" },
          { full_name: "github-main_list_repos", connection: "github-main", operation_class: "read" },
        ],
      },
    },
    [`GET ${AT}/policies/p9`]: { json: policyOf({ id: "p9" }) },
    ...more,
  });
}
