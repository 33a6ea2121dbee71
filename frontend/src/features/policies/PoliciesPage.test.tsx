import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Permission, PolicyView, TemplateView } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { policyOf } from "@/testing/policies";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const WRITER: Permission[] = ["policies:read", "policies:write", "members:read"];
const first = policyOf({ id: "p1", name: "First" });
const second = policyOf({ id: "p2", name: "Second", mode: "monitor" });

test("a policy is moved up by keyboard, and the server is told the new order of its scope", async () => {
  const asked = servePolicies(
    [policyOf({ id: "o", name: "Everywhere", applies_to: "organization", can_change: false }), first, second],
    {
      [`PUT ${AT}/policies/order`]: ({ body }) => ({
        json: { policies: (body as { policy_ids: string[] }).policy_ids.map((id) => policyOf({ id })) },
      }),
    },
  );
  const { user, screen } = renderApp("/w/engineering/policies");

  const button = await screen.findByRole("button", { name: "Move “Second” up" });
  button.focus();
  await user.keyboard("{Enter}");

  expect(asked.find(({ route }) => route === `PUT ${AT}/policies/order`)?.body).toEqual({
    policy_ids: ["p2", "p1"],
    applies_to: "workspace",
  });
  expect(screen.getByText("“Second” is now number 1 of 2.")).toBeDefined();
  expect(screen.queryByRole("button", { name: /Move “Everywhere”/ })).toBeNull();
});

test("a refused order goes back to what it was", async () => {
  servePolicies([first, second], {
    [`PUT ${AT}/policies/order`]: { status: 422, json: { title: "The order must name each policy once." } },
  });
  const { user, screen } = renderApp("/w/engineering/policies");

  await user.click(await screen.findByRole("button", { name: "Move “First” down" }));

  expect((await screen.findByRole("alert")).textContent).toContain("The order must name each policy once.");
  const rows = within(screen.getByRole("list", { name: "Policies of this workspace" })).getAllByRole("link");
  expect(rows.map((link) => link.textContent)).toEqual(["First", "Second"]);
});

test("an empty page adds one of the guide's policies with one click", async () => {
  const definition = {
    name: "Monthly budget limit: $100",
    kind: "budget_limit",
    settings: { amount_usd: 100 },
    is_enabled: true,
  };
  const templates: TemplateView[] = [
    { id: "monthly-budget", description: "Blocks what would cost more.", definition },
    { id: "another", description: "", definition: { ...definition, name: "Another" } },
  ];
  const asked = servePolicies([], {
    [`GET ${AT}/policies/templates`]: { json: templates },
    [`POST ${AT}/policies`]: { status: 201, json: policyOf() },
  });
  const { user, screen } = renderApp("/w/engineering/policies");

  await user.click(await screen.findByRole("button", { name: "Add “Monthly budget limit: $100”" }));

  expect(screen.queryByText("Another")).toBeNull();
  expect(asked.find(({ route }) => route === `POST ${AT}/policies`)?.body).toEqual(definition);
});

test("who may only read policies sees them without a way to change them", async () => {
  servePolicies([{ ...first, can_change: false }], {}, ["policies:read"]);
  const { screen } = renderApp("/w/engineering/policies");

  expect(await screen.findByText("linear-prod_create_issue*: an admin must approve.")).toBeDefined();
  expect(screen.queryByRole("button", { name: /Move/ })).toBeNull();
  expect(screen.getByRole("button", { name: "New policy" }).getAttribute("aria-description")).toContain("Ask an owner or admin.");
});

function servePolicies(policies: readonly PolicyView[], more: Answers = {}, permissions: Permission[] = WRITER) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/policies`]: { json: { policies } },
    [`GET ${AT}/members`]: { json: [] },
    [`GET ${AT}/groups`]: { json: [] },
    ...more,
  });
}
