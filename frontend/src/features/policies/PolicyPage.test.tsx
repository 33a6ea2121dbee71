import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { PolicyView } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { policyOf } from "@/testing/policies";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const PAGE = "/w/engineering/policies/p1";

test("a policy says itself in a sentence and leads to its decisions", async () => {
  servePolicy(policyOf({ id: "p1" }));
  const { screen } = renderApp(PAGE);

  expect(await screen.findByText("linear-prod_create_issue*: an admin must approve.")).toBeDefined();
  expect(screen.getByRole("link", { name: "Recent decisions" }).getAttribute("href")).toBe(
    "/w/engineering/audit?policy=p1&time=7d",
  );
});

test("it is switched to monitoring with one click", async () => {
  const policy = policyOf({ id: "p1", version: 3 });
  const asked = servePolicy(policy, { [`PATCH ${AT}/policies/p1`]: { json: { ...policy, mode: "monitor", version: 4 } } });
  const { user, screen } = renderApp(PAGE);

  await user.click(await screen.findByRole("radio", { name: "Monitor" }));

  expect(asked.find(({ route }) => route === `PATCH ${AT}/policies/p1`)?.body).toEqual({
    mode: "monitor",
    is_enabled: true,
    version: 3,
  });
});

test("deleting it names it and says what ends", async () => {
  const asked = servePolicy(policyOf({ id: "p1" }), { [`DELETE ${AT}/policies/p1`]: { status: 204 } });
  const { user, screen, router } = renderApp(PAGE);

  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete policy “All Linear issue creations require approval”?" });
  expect(dialog.textContent).toContain("no longer judged by it");
  await user.click(within(dialog).getByRole("button", { name: "Delete policy" }));

  await screen.findByRole("heading", { name: "Policies", level: 1 });
  expect(asked.some(({ route }) => route === `DELETE ${AT}/policies/p1`)).toBe(true);
  expect(router.state.location.pathname).toBe("/w/engineering/policies");
});

test("one that cannot be read says that calls are refused until then", async () => {
  servePolicy(policyOf({ id: "p1", problem: "Object missing required field `amount_usd`" }));
  const { screen } = renderApp(PAGE);

  expect((await screen.findByRole("alert")).textContent).toContain("every call is refused");
});

test("a policy of the organization is changed by owners only, and says so", async () => {
  servePolicy(policyOf({ id: "p1", applies_to: "organization", can_change: false }));
  const { screen } = renderApp(PAGE);

  expect((await screen.findByRole("button", { name: "Edit" })).getAttribute("aria-description")).toContain(
    "only an owner can change it",
  );
});

function servePolicy(policy: PolicyView, more: Answers = {}) {
  return serve({
    "GET /api/session": { json: ownersSession },
    [`GET ${AT}/policies/p1`]: { json: policy },
    [`GET ${AT}/policies`]: { json: { policies: [] } },
    [`GET ${AT}/policies/templates`]: { json: [] },
    [`GET ${AT}/members`]: { json: [] },
    [`GET ${AT}/groups`]: { json: [] },
    [`GET ${AT}/tools`]: { json: { items: [] } },
    ...more,
  });
}
