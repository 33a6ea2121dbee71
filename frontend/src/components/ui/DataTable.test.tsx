import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { ApiProblem } from "@/api/ApiProblem";
import { renderPiece } from "@/testing/render";

import { type Column, DataTable, type DataTableProps } from "./DataTable";

interface Row {
  id: string;
  name: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "name", header: "Name", cell: (row) => row.name },
  { key: "id", header: "Id", cell: (row) => row.id, align: "right" },
];

test("rows stand under their headings, and each leads to its page", () => {
  renderPiece(table({ rows: rows("a", "b"), rowHref: (row) => `/w/engineering/connections/${row.id}` }));

  const found = screen.getByRole("table", { name: "Connections" });
  expect(
    within(found)
      .getAllByRole("columnheader")
      .map((head) => head.textContent),
  ).toEqual(["Name", "Id"]);
  expect(within(found).getByRole("link", { name: "name of b" }).getAttribute("href")).toBe("/w/engineering/connections/b");
});

test("while the rows are on their way, their shape stands there", () => {
  renderPiece(table({ rows: undefined }));

  expect(screen.getByRole("status", { name: "Loading" })).toBeDefined();
});

test("without rows it says what the place is for", () => {
  renderPiece(table({ rows: [] }));

  expect(screen.getByText("No connections yet")).toBeDefined();
});

test("a failure says why and asks again on request", async () => {
  const onRetry = vi.fn();
  const error = new ApiProblem(503, {
    title: "The database is away.",
    detail: "It does not answer.",
    next_step: "Wait a minute.",
  });
  const { user } = renderPiece(table({ rows: undefined, error, onRetry }));

  expect(screen.getByRole("alert").textContent).toContain("The database is away.It does not answer.Wait a minute.");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

test("a refusal says who can grant it, and offers no retry", () => {
  const error = new ApiProblem(403, { title: "No.", detail: "Your role lacks it.", next_step: "Ask an owner." });
  renderPiece(table({ rows: undefined, error, onRetry: vi.fn() }));

  expect(screen.getByRole("alert").textContent).toContain("Ask an owner.");
  expect(screen.queryByRole("button")).toBeNull();
});

test("a next page that fails leaves the first one standing", () => {
  renderPiece(table({ rows: rows("a"), error: new ApiProblem(503, { title: "Away." }) }));

  expect(screen.getByRole("table")).toBeDefined();
  expect(screen.getByRole("alert").textContent).toContain("Away.");
});

test("the next page is asked for with a button", async () => {
  const load = vi.fn();
  const { user } = renderPiece(table({ rows: rows("a"), more: { hasMore: true, isLoading: false, load } }));

  await user.click(screen.getByRole("button", { name: "Load more" }));

  expect(load).toHaveBeenCalledOnce();
});

test("rows that arrive while the pointer is on the table wait until it leaves", async () => {
  const { user, rerenderPiece } = renderPiece(table({ rows: rows("b", "c") }));
  await user.hover(screen.getByText("name of b"));

  rerenderPiece(table({ rows: rows("a", "b", "c", "d") }));
  expect(names()).toEqual(["name of b", "name of c", "name of d"]);
  expect(screen.getByRole("button", { name: "Show 1 new" })).toBeDefined();

  await user.unhover(screen.getByText("name of b"));
  expect(names()).toEqual(["name of a", "name of b", "name of c", "name of d"]);
});

test("rows that wait can be shown at once", async () => {
  const { user, rerenderPiece } = renderPiece(table({ rows: rows("b") }));
  await user.hover(screen.getByText("name of b"));
  rerenderPiece(table({ rows: rows("a", "b") }));

  await user.click(screen.getByRole("button", { name: "Show 1 new" }));

  expect(names()).toEqual(["name of a", "name of b"]);
});

function table(props: Partial<DataTableProps<Row>> & Pick<DataTableProps<Row>, "rows">) {
  return <DataTable name="Connections" columns={COLUMNS} rowKey={(row) => row.id} empty={<p>No connections yet</p>} {...props} />;
}

function rows(...ids: string[]): Row[] {
  return ids.map((id) => ({ id, name: `name of ${id}` }));
}

function names(): string[] {
  return screen.getAllByText(/^name of/).map((cell) => cell.textContent);
}
