import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { UsageLine, UsageReport } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const total = lineOf("", "Total", { calls: 12, errors: 3, cost_micro_usd: 20_000_400, p50_ms: 41, p95_ms: 1_440 });
const parts = [
  { connection: "linear-prod", label: "Linear", calls: 3, cost_micro_usd: 12_000_400 },
  { connection: "github-main", label: "GitHub", calls: 9, cost_micro_usd: 8_000_000 },
];
const REPORT: UsageReport = {
  time_zone: "Europe/Berlin",
  first_day: "2026-11-17",
  last_day: "2026-11-18",
  total,
  days: [
    { day: "2026-11-17", calls: 12, errors: 3, cost_micro_usd: 20_000_400, connections: parts },
    { day: "2026-11-18", calls: 0, errors: 0, cost_micro_usd: 0, connections: [] },
  ],
  connections: [lineOf("linear-prod", "Linear", { calls: 3, cost_micro_usd: 12_000_400 })],
  people: [lineOf("1", "Workspace owner")],
  tools: [lineOf("linear-prod/create_issue", "Linear: create_issue")],
  conversations: [lineOf("", "No conversation")],
  shows_everybody: true,
};

test("the whole, the days with a table behind them, and lines that lead to their calls", async () => {
  serveUsage(REPORT);
  const { screen } = renderApp("/w/engineering/usage");

  expect(await screen.findByText("95 % within 1.4 s")).toBeDefined();
  expect(screen.getByRole("img", { name: /Costs by day/ })).toBeDefined();
  const days = screen.getByRole("table", { name: "Costs by day", hidden: true });
  expect(within(days).getByText("$12.0004")).toBeDefined();
  const tool = within(screen.getByRole("table", { name: "By tool" })).getByRole("link");
  const search = new URL(tool.getAttribute("href") ?? "", "https://conducktor.example.com").searchParams;
  expect(Object.fromEntries(search)).toEqual({
    kind: "call",
    time: "2026-11-17/2026-11-18",
    connection: "linear-prod",
    tool: "create_issue",
  });
});

test("the time is in the address, by the workspace's calendar, and the file has the same days", async () => {
  const asked = serveUsage(REPORT);
  const { screen } = renderApp("/w/engineering/usage?time=2026-11-17/2026-11-18");

  const file = await screen.findByRole("link", { name: "Export CSV" });
  expect(file.getAttribute("href")).toBe(`${AT}/usage.csv?first_day=2026-11-17&last_day=2026-11-18`);
  const search = asked.find(({ route }) => route === `GET ${AT}/usage`)?.search;
  expect([search?.get("first_day"), search?.get("last_day")]).toEqual(["2026-11-17", "2026-11-18"]);
});

test("without any price the calls are drawn, and the page says how costs come about", async () => {
  serveUsage({ ...REPORT, total: { ...total, cost_micro_usd: 0, unpriced: 12 } });
  const { screen } = renderApp("/w/engineering/usage");

  expect(await screen.findByText("No costs yet: no call had a price")).toBeDefined();
  expect(screen.getByRole("link", { name: "Set prices" }).getAttribute("href")).toBe("/w/engineering/budgets?tab=prices");
  expect(screen.getByRole("img", { name: /Calls by day/ })).toBeDefined();
  const days = screen.getByRole("table", { name: "Calls by day", hidden: true });
  expect(within(days).getAllByText("9")).toHaveLength(1);
});

test("a contractor is told who can grant it", async () => {
  const forbidden = { title: "You do not have this permission.", detail: "Your role is contractor.", next_step: "Ask an admin." };
  serveUsage(REPORT, { [`GET ${AT}/usage`]: { status: 403, json: forbidden } });
  const { screen } = renderApp("/w/engineering/usage");

  expect(await screen.findByText("You do not have this permission")).toBeDefined();
  expect(screen.getByText("Ask an admin.")).toBeDefined();
});

function lineOf(key: string, label: string, more: Partial<UsageLine> = {}): UsageLine {
  return { key, label, calls: 1, errors: 0, denied: 0, unpriced: 0, cost_micro_usd: 0, p50_ms: null, p95_ms: null, ...more };
}

function serveUsage(report: UsageReport, more: Answers = {}) {
  return serve({ "GET /api/session": { json: ownersSession }, [`GET ${AT}/usage`]: { json: report }, ...more });
}
