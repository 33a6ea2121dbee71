import { beforeEach, expect, test } from "vitest";

import type { AuditDetail } from "@/api/generated/schema";
import { detailOf, lineOf } from "@/testing/audit";
import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Asked, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";
const ENTRY = lineOf().id;

test("the filters of the address are asked of the server and stand as chips", async () => {
  const asked = serveAudit();
  const { screen } = renderApp("/w/engineering/audit?outcome=unsuccessful&connection=linear-prod");

  expect(await screen.findByText("linear-prod_create_issue")).toBeDefined();
  expect(lastSearch(asked).getAll("outcome")).toEqual(["tool_error", "upstream_error", "failed"]);
  expect(screen.getByRole("button", { name: "Remove filter Outcome: Failed in any way" })).toBeDefined();
  expect(screen.getByRole("button", { name: "Remove filter Connection: linear-prod" })).toBeDefined();
});

test("a chosen filter stands in the address, and Clear all takes the time away too", async () => {
  serveAudit();
  const { user, screen, router } = renderApp("/w/engineering/audit?time=24h");

  await user.click(await screen.findByRole("button", { name: "Outcome" }));
  await user.click(await screen.findByRole("menuitem", { name: "Denied" }));
  expect(router.state.location.search).toMatchObject({ outcome: "denied", time: "24h" });

  await user.click(screen.getByRole("button", { name: "Clear all" }));
  expect(router.state.location.href).toBe("/w/engineering/audit");
});

test("the next page follows where the first one ended", async () => {
  const asked = serveAudit();
  const { user, screen } = renderApp("/w/engineering/audit");

  await user.click(await screen.findByRole("button", { name: "Load more" }));

  expect(await screen.findByText("Removed a connection")).toBeDefined();
  expect(screen.getByText("linear-prod_create_issue")).toBeDefined();
  expect(lastSearch(asked).get("cursor")).toBe("next");
});

test("an entry says what its outcome means and shows characters that cannot be seen", async () => {
  serveEntry(detailOf({ line: lineOf({ outcome: "denied", reason: "Unknown tool: x." }), arguments: '{"title": "a\\u200bb"}' }));
  const { screen } = renderApp(`/w/engineering/audit/${ENTRY}`);

  expect(await screen.findByText("Unknown tool: x.")).toBeDefined();
  expect(screen.getByText(/The service was not called/)).toBeDefined();
  expect(screen.getByText("These arguments hold characters that cannot be seen")).toBeDefined();
  expect(screen.getByText("U+200B", { selector: "mark" })).toBeDefined();
});

test("an entry says by which toolset and executor it came, and what it asked for", async () => {
  const line = lineOf({ method: "tasks/get", outcome: "ok" });
  serveEntry(detailOf({ line, decision: { toolset: "support", executor: "conducktr_run_write_tool" } }));
  const { screen } = renderApp(`/w/engineering/audit/${ENTRY}`);

  expect((await screen.findByRole("link", { name: "support" })).getAttribute("href")).toBe("/w/engineering/toolsets/support");
  expect(screen.getByText("conducktr_run_write_tool")).toBeDefined();
  expect(screen.getByText("The answer of a call that had to be approved first")).toBeDefined();
  expect(screen.getByText(/Nothing was called again/)).toBeDefined();
});

test("arguments that are withheld say why and who can show them", async () => {
  serveEntry(detailOf({ arguments: null, arguments_withheld: "Your role does not include reading other people's arguments." }));
  const { screen } = renderApp(`/w/engineering/audit/${ENTRY}`);

  const words = (await screen.findByText("Not shown to you")).parentElement?.textContent;
  expect(words).toContain("reading other people's arguments");
  expect(words).toContain("Ask an owner or admin");
});

test("an entry that is not there has a page of its own that says so", async () => {
  serve({ "GET /api/session": { json: ownersSession } });
  const { screen } = renderApp(`/w/engineering/audit/${ENTRY}`);

  expect(await screen.findByRole("heading", { name: "Entry of the audit", level: 1 })).toBeDefined();
  expect(screen.getByText("There is nothing here.")).toBeDefined();
});

function serveAudit() {
  const removed = lineOf({ id: "2", kind: "operation", connection: null, tool: "connections.delete" });
  return serve({
    "GET /api/session": { json: ownersSession },
    [`GET ${AT}/audit-facets`]: { json: { people: [], connections: ["linear-prod"], tools: [], outcomes: [] } },
    [`GET ${AT}/audit`]: ({ search }) => ({
      json: search.has("cursor") ? { items: [removed], next_cursor: null } : { items: [lineOf()], next_cursor: "next" },
    }),
  });
}

function serveEntry(detail: AuditDetail) {
  serve({ "GET /api/session": { json: ownersSession }, [`GET ${AT}/audit/${ENTRY}`]: { json: detail } });
}

function lastSearch(asked: readonly Asked[]): URLSearchParams {
  return asked.findLast(({ route }) => route === `GET ${AT}/audit`)?.search ?? new URLSearchParams();
}
