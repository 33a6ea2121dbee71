import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { BudgetView, Permission, PriceList } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { budgetOf, pricesOf, toolPriceOf } from "@/testing/budgets";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const ALL: Permission[] = ["budgets:read", "budgets:write"];
const PRICE = { basis: "call", micro_usd: 20_000, hold_micro_usd: 0, meta_key: null } as const;

test("a budget shows what is spent, and when it would run out", async () => {
  serveBudgets([budgetOf({}, { hits_limit_at: "2026-11-24T12:00:00Z" })]);
  const { screen } = renderApp("/w/engineering/budgets");

  const meter = await screen.findByRole("meter", { name: "Budget All tools" });
  expect(meter.getAttribute("aria-valuetext")).toBe("$23 of $100 a month");
  expect(screen.getByText("Would reach the limit on 24 Nov")).toBeDefined();
});

test("tools that are refused for want of a price are said, and a connection is declared free at once", async () => {
  const prices = pricesOf([
    toolPriceOf("create_issue", { is_blocked: true }),
    toolPriceOf("search", { effective: PRICE, own: PRICE }),
  ]);
  const asked = serveBudgets([budgetOf()], { prices, more: { [`PUT ${AT}/prices`]: { json: prices.items[0] } } });
  const { user, screen } = renderApp("/w/engineering/budgets?tab=prices");

  expect(await screen.findByText("1 tool under a hard budget has no price: calls are refused")).toBeDefined();
  expect(await screen.findByText("No price: refused")).toBeDefined();
  expect(screen.getByText("$0.02 a call")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Declare free: Linear" }));

  expect(asked.find(({ route }) => route === `PUT ${AT}/prices`)?.body).toEqual({
    connection: "linear-prod",
    tool: null,
    basis: "free",
    micro_usd: 0,
    hold_micro_usd: 0,
  });
});

test("a tool gets a price of its own; what cannot be understood is said at the field", async () => {
  const asked = serveBudgets([], { prices: pricesOf([toolPriceOf("search")]), more: { [`PUT ${AT}/prices`]: { json: {} } } });
  const { user, screen } = renderApp("/w/engineering/budgets?tab=prices");

  await user.click(await screen.findByRole("button", { name: "Set price: linear-prod_search" }));
  const dialog = await screen.findByRole("dialog", { name: "What does linear-prod_search cost?" });
  await user.type(within(dialog).getByLabelText("Price of a call"), "two cents");
  await user.click(within(dialog).getByRole("button", { name: "Set price" }));
  expect(within(dialog).getByText("Enter an amount in dollars, such as 0.02.")).toBeDefined();
  await user.clear(within(dialog).getByLabelText("Price of a call"));
  await user.type(within(dialog).getByLabelText("Price of a call"), "0.02");
  await user.click(within(dialog).getByRole("button", { name: "Set price" }));

  expect(asked.find(({ route }) => route === `PUT ${AT}/prices`)?.body).toEqual({
    connection: "linear-prod",
    tool: "search",
    basis: "call",
    micro_usd: 20_000,
    hold_micro_usd: 0,
  });
});

test("a new budget is sent in micro-USD; a refusal keeps what was typed", async () => {
  const asked = serveBudgets([], {
    more: { [`POST ${AT}/budgets`]: { status: 409, json: { title: "This workspace has 100 budgets already." } } },
  });
  const { user, screen } = renderApp("/w/engineering/budgets/new");

  await user.type(await screen.findByLabelText("Name"), "All tools");
  await user.type(screen.getByLabelText("Limit"), "12.50");
  await user.click(screen.getByRole("button", { name: "Add budget" }));

  expect(await screen.findByText("This workspace has 100 budgets already.")).toBeDefined();
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("All tools");
  expect(asked.find(({ route }) => route === `POST ${AT}/budgets`)?.body).toMatchObject({
    name: "All tools",
    limit_micro_usd: 12_500_000,
  });
});

test("whoever may not change budgets reads them, and is told who can", async () => {
  serveBudgets([budgetOf()], { permissions: ["budgets:read"] });
  const { screen } = renderApp(`/w/engineering/budgets/${budgetOf().id}`);

  expect((await screen.findByRole("button", { name: "Delete budget" })).getAttribute("aria-description")).toContain(
    "Ask an owner or admin",
  );
  expect((await screen.findByLabelText("Limit")).closest("fieldset")?.disabled).toBe(true);
});

interface Served {
  prices?: PriceList;
  permissions?: Permission[];
  more?: Answers;
}

function serveBudgets(items: BudgetView[], { prices = pricesOf([]), permissions = ALL, more = {} }: Served = {}) {
  const [engineering] = ownersSession.workspaces;
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/budgets`]: { json: { items, policy_counters: [], time_zone: "UTC" } },
    [`GET ${AT}/prices`]: { json: prices },
    [`GET ${AT}/connections`]: { json: { items: [] } },
    [`GET ${AT}/members`]: { json: [] },
    ...more,
  });
}
